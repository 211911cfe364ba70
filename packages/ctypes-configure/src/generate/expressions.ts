/**
 * Types written down: as expressions of ctypes, and as types of TypeScript.
 */
import { namesIn, type Type } from "./ir.ts";
import { type Doc, flat, group } from "./print.ts";

/** Which names of ctypes a module uses. */
export class Imports {
  readonly values = new Set<string>();
  readonly types = new Set<string>();
  value(name: string): string {
    this.values.add(name);
    return name;
  }
  type(name: string): string {
    if (!this.values.has(name)) this.types.add(name);
    return name;
  }
}

/** `POINTER(POINTER(sqlite3))`. */
export function expressionOf(type: Type, imports: Imports): Doc {
  switch (type.kind) {
    case "void":
      return "null";
    case "simple":
      return imports.value(type.name);
    case "named":
    case "enum":
      return type.name;
    case "disposed": {
      const by = `(): ${imports.type("Disposer")} => ${type.library}.${type.by}`;
      return group(`${imports.value("disposed")}(`, [imports.value(type.text), by], ")");
    }
    case "pointer":
      return group(`${imports.value("POINTER")}(`, [expressionOf(type.to, imports)], ")");
    case "array":
      return group(`${imports.value("ARRAY")}(`, [expressionOf(type.of, imports), String(type.length)], ")");
    case "function": {
      const parameters = type.parameters.map((parameter) => expressionOf(parameter.type, imports));
      const more = type.isVariadic ? ['"..."'] : [];
      const options = type.options?.map((option) => `${option}: true`) ?? [];
      const last = options.length === 0 ? [] : [`{ ${options.join(", ")} }`];
      const parts = [expressionOf(type.result, imports), ...parameters, ...more, ...last];
      // As a formatter would: a function among the arguments of an argument.
      const isBroken = type.result.kind === "disposed" && parts.length > 1;
      return group(`${imports.value("CFUNCTYPE")}(`, parts, ")", { isBroken });
    }
  }
}

/** `Pointer<Pointer<sqlite3>>`: what an instance is to the compiler of TypeScript. */
export function instanceOf(type: Type, imports: Imports): string {
  switch (type.kind) {
    case "void":
      return "void";
    case "simple":
      return imports.type(type.name);
    case "disposed":
      return imports.type(type.text);
    case "named":
      return type.name;
    case "enum":
      return `${imports.type("InstanceOf")}<typeof ${type.name}>`; // the type of that name is its values
    case "pointer":
      return `${imports.type("Pointer")}<${instanceOf(type.to, imports)}>`;
    case "array": {
      const item = instanceOf(type.of, imports);
      const name =
        item === "c_char" ? "CharArray" : ["c_wchar", "c_char16", "c_char32"].includes(item) ? "WideArray" : "ArrayOf";
      return `${imports.type(name)}<${item}, ${type.length}>`;
    }
    case "function":
      return `${imports.type("Func")}<${instanceOf(type.result, imports)}, ${flat(parametersOf(type, imports))}>`;
  }
}

/**
 * `PointerType<sqlite3>`: the class itself. Null where the expression tells it without naming a structure, which may
 * name this type in turn, and then TypeScript goes round in a circle.
 */
export function classOf(type: Type, imports: Imports): string | null {
  if (namesIn(type).length === 0) return null;
  switch (type.kind) {
    case "pointer":
      return `${imports.type("PointerType")}<${instanceOf(type.to, imports)}>`;
    case "array":
      return `${imports.type("ArrayType")}<${instanceOf(type.of, imports)}, ${type.length}>`;
    default:
      return null;
  }
}

/** `[filename: c_char_p, ppDb: Pointer<Pointer<sqlite3>>]`. */
export function parametersOf(type: Type & { kind: "function" }, imports: Imports): Doc {
  const hasNames = type.parameters.length > 0 && type.parameters.every((parameter) => parameter.name !== "");
  const names = uniqueNames(type.parameters.map((parameter) => parameter.name));
  const parts = type.parameters.map((parameter, i) => {
    const text = instanceOf(parameter.type, imports);
    return hasNames ? `${names[i]}: ${text}` : text;
  });
  const more = type.isVariadic ? [hasNames ? `${names.includes("more") ? "more_" : "more"}: "..."` : '"..."'] : [];
  return group("[", [...parts, ...more], "]");
}

/**
 * `FunctionType<c_int, [x: c_int]>`: the class of a function type, or `Func` of it, with the names of its parameters.
 */
export function functionTypeOf(
  name: "Func" | "FunctionType",
  type: Type & { kind: "function" },
  imports: Imports,
): Doc {
  const parts = [instanceOf(type.result, imports), parametersOf(type, imports)];
  return group(`${imports.type(name)}<`, parts, ">", { trailing: "" });
}

// -- Private ---------------------------------------------------------------------------------------

function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, i) => (names.indexOf(name) === i ? name : `${name}${i}`));
}
