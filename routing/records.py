"""The records of a directory: people, entities, places and networks, as plain values.

Authorities change: public pages have named three investigators for one entity over the
years, and one network's co-chairs changed within two months. So everything that can
change carries `valid_from` and `valid_to`, both inclusive, either open; a question is
always asked of the directory *on a day*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["sea", "sh"]
"""Sexual exploitation and abuse, or sexual harassment."""


class RoleKind(StrEnum):
    """What somebody is appointed to do."""

    PSEA_FOCAL_POINT = "psea_focal_point"
    SH_FOCAL_POINT = "sh_focal_point"
    CHILD_PROTECTION = "child_protection"
    CONDUCT_AND_DISCIPLINE = "conduct_and_discipline"
    COORDINATOR = "coordinator"
    COUNSELLOR = "counsellor"
    OVERSIGHT = "oversight"
    VICTIMS_RIGHTS_ADVOCATE = "victims_rights_advocate"


class Level(StrEnum):
    """How far somebody's responsibility reaches."""

    COUNTRY = "country"
    REGIONAL = "regional"
    HEADQUARTERS = "headquarters"


class EntityKind(StrEnum):
    """What sort of body an entity is. `SYSTEM` serves all of them, such as a joint oversight office."""

    UN = "un"
    MISSION = "mission"
    NGO = "ngo"
    PARTNER = "partner"
    SYSTEM = "system"
    OTHER = "other"


class Tier(StrEnum):
    """Which service a counsellor belongs to. The first serves affected people, the others personnel."""

    GBV = "gbv"
    STAFF = "staff"
    UN_WIDE = "un_wide"
    EXTERNAL = "external"


class Gender(StrEnum):
    """A person's own, for those who ask for a woman or a man. Not said is None, and fits no such wish."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class Fluency(StrEnum):
    """How well somebody speaks a language. Basic is enough to acknowledge, not to counsel."""

    NATIVE = "native"
    FLUENT = "fluent"
    BASIC = "basic"


class Modality(StrEnum):
    """How a counsellor can be spoken with."""

    TEXT = "text"
    PHONE = "phone"
    VIDEO = "video"


class Dated(Protocol):
    """Anything that holds from one day to another, both inclusive, either open."""

    @property
    def valid_from(self) -> date | None:
        """First day; None: from always."""

    @property
    def valid_to(self) -> date | None:
        """Last day; None: until further notice."""


def holds_on(dated: Dated, day: date) -> bool:
    """Say whether something holds on a day."""
    return (dated.valid_from is None or dated.valid_from <= day) and (dated.valid_to is None or day <= dated.valid_to)


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours on some days of the week, in the person's own time zone.

    Attributes:
        days: ISO weekdays, 1 (Monday) to 7 (Sunday): the days on which the hours begin.
        start: Minutes from midnight, 0 to 1439.
        end: Minutes from midnight, 1 to 1440; not after `start`: they end on the next day.
    """

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Days away, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Role:
    """One appointment of a person, for a while."""

    kind: RoleKind
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's or an entity's place in something, for a while: member, co-chair, contractor."""

    id: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a part to play. Names stay out of reprs, so out of logs and errors.

    Attributes:
        stations: Duty stations: where the person works and, at country level, whom they serve first.
        countries: Further countries served at country level, without a desk there.
        regions: Regions served at regional level, besides those of the stations.
        languages: BCP 47 tags, best first.
        time_zone: IANA name.
        supervisor: Id of the person reported to.
        alternate: Id of the person who takes over.
        key_id: Name of the public key that reports are sealed to; None: cannot receive.
        certified_until: Last day of the certification. A passed day warns and excludes nobody.
        tier: For counsellors, the service they belong to.
        fluency: How well each language is spoken, by tag; what is not listed is spoken fluently.
        gender: The person's own; None when it is not said.
        hours: Working hours; empty when they are not stated.
        leave: Days away.
        email: Where alerts by e-mail go; None: not that way.
        spellings: The name as others write it, in other scripts too: to recognise it when a reporter writes it.
        trained_on: Last day of the last training.
        modalities: For counsellors, how they can be spoken with.
        capacity: For counsellors, how many people they can accompany at a time; None: no limit stated.
    """

    id: str
    name: str = field(repr=False)
    entity: str
    roles: tuple[Role, ...]
    stations: tuple[str, ...]
    level: Level
    languages: tuple[str, ...]
    time_zone: str
    supervisor: str | None = None
    alternate: str | None = None
    key_id: str | None = None
    certified_until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tier: Tier | None = None
    fluency: Mapping[str, Fluency] = field(default_factory=dict)
    gender: Gender | None = None
    hours: tuple[Hours, ...] = ()
    leave: tuple[Leave, ...] = ()
    email: str | None = field(default=None, repr=False)
    spellings: tuple[str, ...] = field(default=(), repr=False)
    trained_on: date | None = None
    modalities: tuple[Modality, ...] = (Modality.TEXT,)
    capacity: int | None = None

    def holds(self, kind: RoleKind, day: date) -> bool:
        """Say whether the person and this role of theirs are valid on a day."""
        for role in self.roles:  # asked more often than anything else: a loop is twice as fast as `any`
            if role.kind is kind and holds_on(role, day):
                return holds_on(self, day)
        return False

    def can_receive(self, day: date) -> bool:
        """Say whether something can be sealed to the person on a day."""
        return self.key_id is not None and holds_on(self, day)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that reporters see by name.

    Attributes:
        name: The general name.
        names: The name by language (BCP 47 tag), where it differs.
    """

    id: str
    name: str
    names: Mapping[str, str]

    def name_in(self, language: str) -> str:
        """Return the name in a language (BCP 47), else in its base language, else the general one."""
        return self.names.get(language) or self.names.get(language.partition("-")[0]) or self.name


@dataclass(frozen=True, slots=True)
class Entity(Named):
    """An agency, mission, organisation or implementing partner.

    Attributes:
        contracted_by: For an implementing partner, the entities that contract it.
    """

    kind: EntityKind
    contracted_by: tuple[Seat, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Region(Named):
    """A group of countries that one regional office serves."""


@dataclass(frozen=True, slots=True)
class Country(Named):
    """A country.

    Attributes:
        region: Id.
        languages: Spoken there (BCP 47), the most spoken first.
        time_zone: IANA name, of the capital where there are several; None when it is not stated.
        weekend: ISO weekdays on which offices are closed.
    """

    region: str
    languages: tuple[str, ...] = ()
    time_zone: str | None = None
    weekend: tuple[int, ...] = (6, 7)


@dataclass(frozen=True, slots=True)
class Station(Named):
    """A duty station: a place in a country. `region` is the country's."""

    country: str
    region: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Office(Named):
    """An entity's office at a duty station, which attests once a year that its people are in place.

    Attributes:
        head: The manager who signs, as a title or a name; not a recipient of anything.
    """

    entity: str
    station: str
    head: str | None = field(default=None, repr=False)
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Network(Named):
    """An inter-agency network in some countries. It coordinates and does not handle cases.

    Attributes:
        members: Entities.
        cochairs: People; each one's agency is their `entity`.
        coordinators: People.
    """

    countries: tuple[str, ...]
    members: tuple[Seat, ...]
    cochairs: tuple[Seat, ...]
    coordinators: tuple[Seat, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
