/**
 * The 126 tests of Python's cindex (LLVM's bindings/python/tests, April 2020), by file and name, and which of our tests
 * holds what each asks.
 *
 * Where Python and JavaScript differ, our test uses the counterpart: a file URL for PathLike, bytes for a file-like
 * object, util.inspect() for repr(), and `undefined` beyond the end of a list where Python throws.
 */

/** Our test: the file without `.test.ts`, and the test's name. */
type Row = readonly [file: "behaviours" | "cursors" | "types" | "units", title: string];

const methods: Row = ["cursors", "knows the kinds of methods and members"];
const constructors: Row = ["cursors", "knows the kinds of constructors"];
const template: Row = ["cursors", "of a specialisation has its template arguments"];
const list: Row = ["behaviours", "of parameters are a list like any other: beyond its ends there is nothing"];
const urls: Row = ["behaviours", "take file URLs for paths: to parse, to save, to read again and for their files"];
const records: Row = [
  "behaviours",
  "of records are abstract or not, of methods defaulted or not, of enumerations scoped or not",
];

export const BEHAVIOURS: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  access_specifiers: {
    test_access_specifiers: ["behaviours", "of classes themselves have no access specifier, of their members one"],
  },
  cdb: {
    test_create_fail: ["units", "that is not there is an error"],
    test_create: ["units", "knows how a file is compiled"],
    test_lookup_succeed: ["units", "knows how a file is compiled"],
    test_lookup_succeed_pathlike: ["behaviours", "have all commands with folder, file and words, also by URL"],
    test_all_compilecommand: ["behaviours", "have all commands with folder, file and words, also by URL"],
    test_1_compilecommand: ["units", "knows how a file is compiled"],
    test_2_compilecommand: ["units", "keeps several commands for a file in order"],
    test_compilecommand_iterator_stops: ["units", "keeps several commands for a file in order"],
    test_compilationDB_references: ["units", "lists all commands, which outlive it"],
    test_compilationCommands_references: ["units", "lists all commands, which outlive it"],
  },
  code_completion: {
    test_code_complete: ["units", "offers what could stand at a place, in chunks"],
    test_code_complete_pathlike: ["behaviours", "is offered with comments, for a file that a URL names as well"],
    test_code_complete_availability: ["behaviours", "is accessible or not, as the class has it"],
  },
  comment: { test_comment: ["cursors", "has comments, as they stand and in brief"] },
  cursor: {
    test_get_children: ["cursors", "has children in the order of the source"],
    test_references: ["cursors", "outlives whatever it came from"],
    test_canonical: ["cursors", "has one canonical cursor for all declarations of a thing"],
    test_is_const_method: methods,
    test_is_converting_constructor: constructors,
    test_is_copy_constructor: constructors,
    test_is_default_constructor: constructors,
    test_is_move_constructor: constructors,
    test_is_default_method: records,
    test_is_mutable_field: methods,
    test_is_static_method: methods,
    test_is_pure_virtual_method: methods,
    test_is_virtual_method: methods,
    test_is_abstract_record: records,
    test_is_scoped_enum: records,
    test_underlying_type: ["cursors", "of a typedef knows what it stands for, and others refuse"],
    test_semantic_parent: ["behaviours", "of a method outside its class have the class as parent by meaning only"],
    test_lexical_parent: ["behaviours", "of a method outside its class have the class as parent by meaning only"],
    test_enum_type: ["cursors", "of an enumeration knows the integer type"],
    test_enum_type_cpp: ["cursors", "of an enumeration knows the integer type"],
    test_objc_type_encoding: ["cursors", "of Objective-C has its encoding"],
    test_enum_values: ["cursors", "of an enumerator knows the value, also of 64 bits"],
    test_enum_values_cpp: ["cursors", "of an enumerator knows the value, also of 64 bits"],
    test_annotation_attribute: ["cursors", "may be an attribute"],
    test_annotation_template: ["behaviours", "of templates have their attributes"],
    test_result_type: ["cursors", "has the type of its result"],
    test_result_type_objc_method_decl: ["cursors", "has the type of its result"],
    test_availability: ["cursors", "is available, deprecated, or not"],
    test_get_tokens: ["cursors", "has its tokens, each with its cursor"],
    test_get_token_cursor: ["behaviours", "of tokens know the type that the token names"],
    test_get_arguments: ["cursors", "of a function has its parameters"],
    test_get_num_template_arguments: template,
    test_get_template_argument_kind: template,
    test_get_template_argument_type: template,
    test_get_template_argument_value: template,
    test_get_template_argument_unsigned_value: template,
    test_referenced: ["behaviours", "of calls know what is called"],
    test_mangled_name: ["cursors", "has a mangled name and one for all units"],
  },
  cursor_kind: {
    test_name: ["cursors", "are the same objects everywhere, with name and number"],
    test_get_all_kinds: [
      "behaviours",
      "of cursors are in one group each, and those of the preprocessor and of files in none",
    ],
    test_kind_groups: [
      "behaviours",
      "of cursors are in one group each, and those of the preprocessor and of files in none",
    ],
  },
  diagnostics: {
    test_diagnostic_warning: ["units", "have severity, place, text, category and options"],
    test_diagnostic_note: ["behaviours", "of a name that a macro brought stand where the name is used"],
    test_diagnostic_fixit: ["behaviours", "offer cures with a place and a text, and no more than there are"],
    test_diagnostic_range: ["units", "have ranges, and cures"],
    test_diagnostic_category: ["behaviours", "have number, name and options of their category"],
    test_diagnostic_option: ["behaviours", "have number, name and options of their category"],
    test_diagnostic_children: ["behaviours", "have children, which keep what they are of"],
    test_diagnostic_string_repr: ["behaviours", "show severity, place and text"],
  },
  exception_specification_kind: {
    test_exception_specification_kind: [
      "behaviours",
      "of functions know what they may throw, also when it is worked out",
    ],
  },
  file: { test_file: ["behaviours", "have files that show their names"] },
  index: {
    test_create: ["units", "is parsed from a file, and has its name"],
    test_parse: ["units", "is parsed with arguments, which may name the file"],
  },
  linkage: { test_linkage: ["cursors", "has a storage class, a linkage, and a way of being thread-local"] },
  location: {
    test_location: ["behaviours", "lead back to the cursor that stands there"],
    test_extent: ["behaviours", "are the ends of extents, which are equal when both ends are"],
  },
  tls_kind: {
    test_tls_kind: [
      "behaviours",
      "of thread-local variables know when those are made, as the language and the target have it",
    ],
  },
  token_kind: {
    test_constructor: ["behaviours", "have value and name, and show which enumeration they are of"],
    test_bad_register: ["behaviours", "are all there are: none can be added or registered twice"],
    test_unknown_value: ["units", "of kinds that are not there are refused"],
    test_registration: ["behaviours", "have value and name, and show which enumeration they are of"],
    test_from_value: ["units", "of kinds that are not there are refused"],
    test_repr: ["behaviours", "have value and name, and show which enumeration they are of"],
  },
  tokens: {
    test_token_to_cursor: ["units", "have kind, spelling, place and extent"],
    test_token_location: ["units", "have kind, spelling, place and extent"],
    test_token_extent: ["units", "have kind, spelling, place and extent"],
  },
  translation_unit: {
    test_spelling: ["units", "is parsed from a file, and has its name"],
    test_cursor: ["units", "is parsed from a file, and has its name"],
    test_parse_arguments: ["behaviours", "are parsed with arguments, and again with the same"],
    test_reparse_arguments: ["behaviours", "are parsed with arguments, and again with the same"],
    test_unsaved_files: ["units", "is parsed from text that is no file"],
    test_unsaved_files_2: ["behaviours", "take texts of files as bytes, too"],
    test_from_source_accepts_pathlike: urls,
    test_includes: ["behaviours", "list four inclusions of three files in their order"],
    test_inclusion_directive: ["behaviours", "list four inclusions of three files in their order"],
    test_save: ["units", "is saved, and read again"],
    test_save_pathlike: urls,
    test_save_translation_errors: ["units", "that has errors, or nowhere to go, is not saved"],
    test_load: ["units", "is saved, and read again"],
    test_load_pathlike: urls,
    test_index_parse: ["units", "is parsed from a file, and has its name"],
    test_get_file: ["units", "knows its files"],
    test_get_file_pathlike: urls,
    test_get_source_location: ["behaviours", "make ranges of offsets, of lines and columns, and of places"],
    test_get_source_range: ["behaviours", "make ranges of offsets, of lines and columns, and of places"],
    test_get_tokens_gc: ["behaviours", "give tokens that are valid without the list they came in"],
    test_fail_from_source: ["units", "that cannot be made is an error"],
    test_fail_from_ast_file: ["units", "that cannot be made is an error"],
  },
  type: {
    test_a_struct: ["types", "of each member of a structure is seen through its qualifiers"],
    test_references: ["behaviours", "outlive whatever they came from"],
    testConstantArray: ["types", "of arrays knows element and length"],
    test_equal: ["types", "equals the same type elsewhere"],
    test_type_spelling: [
      "behaviours",
      "of arrays are spelled with their lengths, and know the kind of array and their elements",
    ],
    test_typekind_spelling: ["cursors", "of types have libclang's own spelling"],
    test_function_argument_types: ["types", "of functions knows parameters, result and whether there may be more"],
    test_argument_types_string_key: list,
    test_argument_types_negative_index: list,
    test_argument_types_overflow_index: list,
    test_argument_types_invalid_type: ["types", "of functions knows parameters, result and whether there may be more"],
    test_is_pod: ["types", "is plain old data or not"],
    test_function_variadic: ["types", "of functions knows parameters, result and whether there may be more"],
    test_element_type: [
      "behaviours",
      "of arrays are spelled with their lengths, and know the kind of array and their elements",
    ],
    test_invalid_element_type: ["types", "of arrays knows element and length"],
    test_element_count: ["types", "of arrays knows element and length"],
    test_is_volatile_qualified: ["types", "has qualifiers"],
    test_is_restrict_qualified: ["types", "has qualifiers"],
    test_record_layout: ["behaviours", "have the layout of the target, also of bit-fields"],
    test_offset: ["behaviours", "have the offsets of members of anonymous members"],
    test_decay: ["types", "decays as a parameter"],
    test_addrspace: ["types", "has an address space"],
    test_template_arguments: ["types", "of templates has arguments"],
  },
};
