"""Prints what Python's cindex sees in a source, a line a cursor; cindex.test.ts prints the same."""
import sys
from clang.cindex import Config, Index

Config.set_library_file(sys.argv[1])


def show(cursor, depth):
    try:
        kind, type_kind = cursor.kind.name, cursor.type.kind.name
    except ValueError:
        return
    location = cursor.location
    line = [depth * " " + kind, cursor.spelling, cursor.displayname, cursor.get_usr(), type_kind, cursor.type.spelling]
    line += [cursor.type.get_size(), cursor.type.get_align(), cursor.type.get_canonical().spelling]
    line += [location.file.name if location.file else "-", location.line, location.column, location.offset, cursor.extent.end.offset]
    line += [int(cursor.is_definition()), int(cursor.is_bitfield()), cursor.get_field_offsetof(), cursor.linkage.name]
    storage = cursor.storage_class.name if cursor.kind.is_declaration() else "-"
    line += [int(cursor.is_anonymous()), storage, cursor.raw_comment is not None, cursor.result_type.spelling, len(list(cursor.get_arguments()))]
    print("|".join(str(item) for item in line).replace("True", "1").replace("False", "0"))
    for child in cursor.get_children():
        show(child, depth + 1)


tu = Index.create().parse(sys.argv[2], args=sys.argv[3:], options=1)
show(tu.cursor, 0)
for diagnostic in tu.diagnostics:
    print(diagnostic)
print(" ".join(token.spelling for token in tu.cursor.get_tokens()))
for inclusion in tu.get_includes():
    print(inclusion.depth, inclusion.include.name, inclusion.location.line)
