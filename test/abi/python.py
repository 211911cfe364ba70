"""Asks CPython's ctypes for the shape of aggregates.

Standard input: a JSON list of lists of aggregates as spec.ts describes them, the inner ones of each list first.
Standard output: a JSON list; for each, its sizes, alignments and offsets in the order of shapeOf() in aggregates.ts, or null
where this ctypes has no word for it.
"""
import ctypes
import json
import sys

POINTER_TO_INT = ctypes.POINTER(ctypes.c_int)
FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
NAMES = {
    "string": ctypes.c_char_p,
    "wstring": ctypes.c_wchar_p,
    "address": ctypes.c_void_p,
    "pointer": POINTER_TO_INT,
    "func": FUNCTION,
}


def type_of(spec, made):
    if isinstance(spec, str):
        return NAMES[spec] if spec in NAMES else getattr(ctypes, "c_" + spec)
    if "of" in spec:
        return type_of(spec["of"], made) * spec["length"]
    return made[spec["id"]]


def base_of(spec, made):
    if "base" in spec:
        return made[spec["base"]["id"]]
    name = "Structure" if spec["kind"] == "struct" else "Union"
    return getattr(ctypes, "BigEndian" + name if spec.get("order") == "big" else name)


def class_of(spec, made):
    body = {}
    if "pack" in spec or "base" in spec:
        body["_pack_"] = spec.get("pack", 0)  # 0: not that of the base, which CPython would inherit
    anonymous = [member["name"] for member in spec["members"] if member.get("isAnonymous")]
    if anonymous:
        body["_anonymous_"] = anonymous
    body["_fields_"] = [(member["name"], type_of(member["type"], made)) for member in spec["members"]]
    return type("T%d" % spec["id"], (base_of(spec, made),), body)


def members_of(spec):
    names = members_of(spec["base"]) if "base" in spec else []
    for member in spec["members"]:
        names += members_of(member["type"]) if member.get("isAnonymous") else [member["name"]]
    return names


def shape_of(specs):
    made = {}
    shape = []
    for spec in specs:
        made[spec["id"]] = cls = class_of(spec, made)
        shape += [ctypes.sizeof(cls), ctypes.alignment(cls)]
        shape += [getattr(cls, name).offset for name in members_of(spec)]
    return shape


def answer(specs):
    try:
        return shape_of(specs)
    except (TypeError, AttributeError):
        return None


json.dump({"version": sys.version.split()[0], "shapes": [answer(specs) for specs in json.load(sys.stdin)]}, sys.stdout)
