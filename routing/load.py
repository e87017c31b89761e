"""From the texts of a directory to a `Directory`, or to every fault in them.

The records may be spread over several files; each holds any of the sections below, each a
list of records. References are checked last, across all files, and not at all while a file
cannot be parsed: what it holds would only look missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from routing.directory import Directory, Mark
from routing.draft import Draft, Record, Use
from routing.errors import DirectoryFaults, Fault
from routing.people import read_person
from routing.reading import Fields
from routing.references import ONE_OF, circles, misplaced, uncontracted, unknown_references
from routing.sections import read_country, read_entity, read_network, read_office, read_region, read_station
from routing.tree import Node, Sheet, grow

__all__ = ["DirectoryFaults", "load"]


def load(files: Mapping[str, str]) -> Directory:
    """Read a directory.

    Args:
        files: The texts of its YAML files by file name.

    Returns:
        The directory. Nobody has a key yet unless the YAML names one: see `Directory.with_keys`.

    Raises:
        DirectoryFaults: with every fault, each with file, line and how to mend it.
    """
    draft = Draft()
    if not files:
        draft.faults.append(Fault("directory.yaml", 0, "there is no directory file", "Write directory.yaml"))
    whole = True
    for file, text in sorted(files.items()):
        sheet = Sheet(file, draft.faults)
        node = grow(sheet, text)
        if node is None:
            whole = False
            continue
        _read_file(draft, sheet, node)
    if whole and files:
        _check_whole(draft)
    if draft.faults:
        raise DirectoryFaults(tuple(draft.faults))
    return Directory(
        people=draft.people,
        entities=draft.entities,
        stations={
            one: replace(station, region=draft.countries[station.country].region)
            for one, station in draft.stations.items()
        },
        countries=draft.countries,
        regions=draft.regions,
        networks=draft.networks,
        offices=draft.offices,
        practice=Use.PRACTICE in draft.uses,
        marks=draft.marks,
    )


def _check_whole(draft: Draft) -> None:
    known = {section: getattr(draft, section) for section in ONE_OF}
    draft.faults += unknown_references(draft.references, known)
    draft.faults += circles(draft.people, draft.fields)
    draft.faults += misplaced(draft.people, draft.entities, draft.marks, draft.fields)
    draft.faults += uncontracted(draft.entities, draft.marks)
    for one in sorted(draft.stations.keys() & draft.countries.keys()):
        mark = draft.marks["stations", one]
        draft.faults.append(
            Fault(mark.file, mark.line, f"'{one}' is a country's id too", "Give the station another id")
        )


def _read_file(draft: Draft, sheet: Sheet, node: Node) -> None:
    top = Fields.of(sheet, node, "directory")
    if use := top.optional_choice("use", Use):
        draft.uses.add(use)
        if len(draft.uses) > 1:
            top.fault("use", "another file says otherwise", "Keep practice and the real thing in two folders")
    _read_section(draft, top, "regions", draft.regions, read_region)
    _read_section(draft, top, "countries", draft.countries, read_country)
    _read_section(draft, top, "stations", draft.stations, read_station)
    _read_section(draft, top, "entities", draft.entities, read_entity)
    _read_section(draft, top, "networks", draft.networks, read_network)
    _read_section(draft, top, "offices", draft.offices, read_office)
    _read_section(draft, top, "people", draft.people, read_person)
    top.finish()


def _read_section(
    draft: Draft,
    top: Fields,
    section: str,
    records: dict[str, Record],
    read: Callable[[Draft, Fields, str], Record],
) -> None:
    for node in top.items(section):
        fields = Fields.of(top.sheet, node, ONE_OF[section])
        one = fields.identifier()
        record = read(draft, fields, one or "")
        fields.finish()
        if one is None:
            continue
        if one in records:
            first = draft.marks[section, one]
            fields.fault(
                "id",
                f"there is a {ONE_OF[section]} '{one}' already (line {first.line} of {first.file})",
                "Give one of the two another id, or remove it",
            )
            continue
        records[one] = record
        draft.marks[section, one] = Mark(top.sheet.file, fields.line_of("id"))
