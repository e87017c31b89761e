// A second implementation of docs/sealed-format.md, in JavaScript, written from the page.
//
// It made interop.json, which the Python tests open, and it opens what Python sealed. It is
// not run by the tests (they need no Node); to run it again:
//
//   npm install @hpke/core@1.9.0 @hpke/hybridkem-x-wing@0.7.0
//   node interop.mjs seal > interop.json      seal a report to the key in it
//   node interop.mjs open SEED_HEX FILE       open a .linnet file, print the words

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const sha256 = (data) => createHash("sha256").update(data).digest();
const text = (string) => Buffer.from(string, "utf8");
const exact = (buffer) => buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);

function bind(label, ...fields) {
  const joined = [text(label), Buffer.from([0])];
  for (const field of fields) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    joined.push(length, field);
  }
  return Buffer.concat(joined);
}

function keyId(publicKey) {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  let number = BigInt("0x" + sha256(publicKey).subarray(0, 10).toString("hex"));
  let id = "";
  for (let at = 0; at < 16; at++, number >>= 5n) id = alphabet[Number(number & 31n)] + id;
  return id;
}

function bucket(length) {
  for (const size of [4, 8, 16, 32, 64]) if (length <= size * 1024) return size * 1024;
  return Math.ceil(length / 65536) * 65536;
}

function pad(data) {
  const padded = Buffer.alloc(bucket(data.length + 1));
  data.copy(padded);
  padded[data.length] = 0x80;
  return padded;
}

function unpad(padded) {
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end--;
  if (padded[end - 1] !== 0x80 || bucket(end) !== padded.length) throw new Error("padding");
  return padded.subarray(0, end - 1);
}

async function seal(plaintext, purpose, reference, publicBytes) {
  const contentKey = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", contentKey, nonce);
  cipher.setAAD(bind("linnet body 1", text(purpose), text(reference)));
  const body = Buffer.concat([nonce, cipher.update(pad(plaintext)), cipher.final(), cipher.getAuthTag()]);
  const id = keyId(publicBytes);
  const info = bind("linnet wrap 1", text(purpose), text(reference), text(id), sha256(body));
  const recipientPublicKey = await suite.kem.importKey("raw", exact(publicBytes), true);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: exact(info) });
  const wrap = Buffer.concat([Buffer.from(sender.enc), Buffer.from(await sender.seal(exact(contentKey)))]);
  const file = {
    body: body.toString("base64url"),
    format: "linnet sealed 1",
    key_id: id,
    purpose,
    reference,
    wrap: wrap.toString("base64url"),
  };
  return JSON.stringify(file) + "\n";
}

async function open(file, seed) {
  const { body: body64, key_id, purpose, reference, wrap: wrap64 } = JSON.parse(file);
  const body = Buffer.from(body64, "base64url");
  const wrap = Buffer.from(wrap64, "base64url");
  const info = bind("linnet wrap 1", text(purpose), text(reference), text(key_id), sha256(body));
  const recipientKey = await suite.kem.importKey("raw", exact(seed), false);
  const enc = exact(wrap.subarray(0, 1120));
  const recipient = await suite.createRecipientContext({ recipientKey, enc, info: exact(info) });
  const contentKey = Buffer.from(await recipient.open(exact(wrap.subarray(1120))));
  const decipher = createDecipheriv("aes-256-gcm", contentKey, body.subarray(0, 12));
  decipher.setAAD(bind("linnet body 1", text(purpose), text(reference)));
  decipher.setAuthTag(body.subarray(-16));
  return unpad(Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]));
}

const [action, seedHex, path] = process.argv.slice(2);
if (action === "seal") {
  // Bytes 0 to 31: a seed nobody will take for a real one.
  const seed = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
  const { publicKey } = await suite.kem.generateKeyPairDerand(new Uint8Array(seed));
  const publicBytes = Buffer.from(await suite.kem.serializePublicKey(publicKey));
  const plaintext = '{"answers":[],"format":"linnet report 1","language":"ar","note":"سُمع صوتكِ"}';
  const file = await seal(text(plaintext), "report", "4F7K2M9Q", publicBytes);
  const vector = { seed: seed.toString("hex"), public_key: publicBytes.toString("hex"), plaintext, file };
  process.stdout.write(JSON.stringify(vector, null, 1) + "\n");
} else {
  process.stdout.write(await open(readFileSync(path, "utf8"), Buffer.from(seedHex, "hex")));
}
