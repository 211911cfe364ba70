/**
 * Functions and variables as C writes them: prototypes for who reads the module, and the names of symbols.
 */
import { type Cursor, type Type, TypeKind } from "ctypes-libclang";

/** As C writes it, in one line; `names` are there for parameters that have none in C. */
export function prototypeOf(cursor: Cursor, names: readonly string[] = []): string {
  const { type } = cursor;
  const isOld = type.kind === TypeKind.FUNCTIONNOPROTO;
  const parameters = isOld
    ? []
    : cursor
        .get_arguments()
        .map((argument, i) => declarator(argument.type.spelling, argument.spelling || (names[i] ?? "")));
  if (!isOld && type.kind === TypeKind.FUNCTIONPROTO && type.is_function_variadic()) parameters.push("...");
  return `${declarator(cursor.result_type.spelling, cursor.spelling)}(${parameters.join(", ") || "void"})`;
}

/** The types of a function as C spells them. */
export function spelledTypesOf({ type }: Cursor): { result: string; parameters: string[] | null } {
  const isOld = type.kind === TypeKind.FUNCTIONNOPROTO;
  return {
    result: spellingOf(type.get_result()),
    parameters: isOld ? null : type.argument_types().map(spellingOf),
  };
}

/** What the object file calls it: an `asm` label is the name itself, which clang marks by a byte in front. */
export function symbolNameOf(cursor: Cursor): string {
  const name = cursor.mangled_name;
  return (name.startsWith("\u0001") ? name.slice(1) : name) || cursor.spelling;
}

/** A declaration of a name, as C writes it: `int *name[4]`. */
export function declarator(type: string, name: string): string {
  if (type.includes("(*")) return type.replace("(*", `(*${name}`);
  const array = /^(.*?)(\s*\[.*)$/.exec(type);
  if (array !== null) return `${array[1]} ${name}${array[2]}`;
  return type.endsWith("*") ? `${type}${name}` : `${type} ${name}`.trim();
}

// -- Private ---------------------------------------------------------------------------------------

/** From 22 on, clang has names of its own in functions that it knows, which no header declares: `__size_t`. */
function spellingOf(type: Type): string {
  const { spelling } = type;
  return /\b__(size|signed_size|ptrdiff)_t\b/.test(spelling) ? type.get_canonical().spelling : spelling;
}
