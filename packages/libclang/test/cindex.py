"""Prints what Python's cindex sees in a source, a line a cursor; cindex.test.ts prints the same."""
import sys
from clang.cindex import Config, Index

Config.set_library_file(sys.argv[1])


PREDICATES = ["is_const_method", "is_converting_constructor", "is_copy_constructor", "is_default_constructor", "is_default_method", "is_move_constructor", "is_mutable_field", "is_pure_virtual_method", "is_scoped_enum", "is_static_method", "is_virtual_method", "is_abstract_record"]
TYPE_ATTRIBUTES = ["is_const_qualified", "is_volatile_qualified", "is_restrict_qualified", "is_pod", "get_address_space", "get_typedef_name", "get_array_size", "get_num_template_arguments"]


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
    declared = cursor.kind.is_declaration()
    line += [int(getattr(cursor, name)()) if declared else "-" for name in PREDICATES]
    line += [cursor.canonical.get_usr(), cursor.mangled_name if cursor.kind.name in ("FUNCTION_DECL", "VAR_DECL") else "-", cursor.brief_comment, cursor.get_bitfield_width()]
    line += [cursor.availability.name, cursor.access_specifier.name, cursor.tls_kind.name if declared else "-", cursor.hash == cursor.canonical.hash]
    line += [parent.displayname if parent else "-" for parent in (cursor.lexical_parent, cursor.semantic_parent, cursor.get_definition(), cursor.referenced)]
    line += [cursor.underlying_typedef_type.spelling if declared else "-", cursor.enum_type.spelling if cursor.kind.name == "ENUM_DECL" else "-"]
    line += [cursor.enum_value if cursor.kind.name == "ENUM_CONSTANT_DECL" else "-"]
    for type in (cursor.type, cursor.type.get_pointee()):
        if type.kind.name == "INVALID":
            continue
        line += [int(value) if isinstance(value := getattr(type, name)(), bool) else value for name in TYPE_ATTRIBUTES]
        line += [type.get_named_type().spelling, type.get_result().spelling, type.get_class_type().spelling]
        line += [type.get_array_element_type().spelling, type.get_declaration().displayname, type.get_ref_qualifier().name]
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
