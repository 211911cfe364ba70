/**
 * The tests of ctypes-configure (2008: 13, and 3 of its dumpcache) and of its successor rffi_platform (28), and which
 * of ours holds what each asks.
 */

/** Our test: the file without `.test.ts`, and the test's name. */
type Row = readonly [file: "measured" | "structures" | "command", title: string];

const whole: Row = ["structures", "has the members that are asked for, and the size that C gives the whole"];
const hints: Row = ["structures", "corrects hints: size and sign are measured"];
const simple: Row = ["measured", "a simple type has the size and the sign of C's"];
const integers: Row = ["measured", "integers have all 64 bits, signed or not"];
const defined: Row = ["measured", "macros are defined or not"];
const values: Row = ["measured", "macros have integers, doubles and texts, or are null"];
const results: Row = ["measured", "a function's result is asked by calling it"];
const specification: Row = ["measured", "has headers, folders, defines, text in front and behind, and packages"];
const ifdef: Row = ["structures", "is null where its macro is not defined"];
const lengths: Row = [
  "structures",
  "has arrays of the length they have in C also where the hint has none, and an item each may be an array",
];
const has: Row = ["measured", "a name is there when a program that uses it compiles and links"];
const works: Row = ["measured", "a specification works, or does not"];
const sizes: Row = ["measured", "sizes are asked of types and of expressions"];
const memory: Row = ["measured", "memory of malloc is aligned for pointers"];
const written: Row = ["command", "writes a module that type-checks, is formatted, loads, and agrees with C"];

export const CTYPES_CONFIGURE: Readonly<Record<string, Row>> = {
  test_dirent: whole,
  test_fit_type: hints,
  test_simple_type: simple,
  test_constant_integer: integers,
  test_defined: defined,
  test_configure: specification,
  test_ifdef: ifdef,
  test_nested_structs: ["structures", "can be nested, by its entry, whatever the order of their names"],
  test_array: lengths,
  test_has: has,
  test_check_eci: works,
  test_sizeof: sizes,
  test_memory_alignment: memory,
  test_cache: written,
  test_cache_array: written,
  test_cache_array_array: written,
};

export const RFFI_PLATFORM: Readonly<Record<string, Row>> = {
  test_dirent: whole,
  test_fit_type: hints,
  test_simple_type: simple,
  test_constant_integer: integers,
  test_defined: defined,
  test_defined_constant: values,
  test_defined_constant_float: values,
  test_defined_constant_string: values,
  test_getintegerfunctionresult: results,
  test_configure: specification,
  test_integer_function_result: results,
  test_ifdef: ifdef,
  test_nested_structs: ["structures", "can be nested, by its entry, whatever the order of their names"],
  test_nested_structs_in_the_opposite_order: [
    "structures",
    "can be nested, by its entry, whatever the order of their names",
  ],
  test_array: ["structures", "has arrays of the length they have in C, of entries too"],
  test_array_varsized_struct: ["structures", "may end in a flexible array"],
  test_has_0001: has,
  test_has_0002: has,
  test_has_0003: has,
  test_has_0004: has,
  test_has_0005: has,
  test_has_0006: has,
  test_verify_eci: works,
  test_sizeof: sizes,
  test_memory_alignment: memory,
  test_external_lib: ["measured", "a library of one's own is found in its folder, and asked what it has"],
  test_generate_padding: ["structures", "has padding where members are left out, and no more"],
  // What RPython's integers are for, JavaScript's numbers and bigints are.
  test_expose_value_as_rpython: integers,
};
