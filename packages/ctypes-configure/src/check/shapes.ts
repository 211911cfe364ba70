/**
 * What a class of ctypes and a type of the headers are to a call: a kind of number, a pointer, a structure. They are
 * alike when the kinds and sizes are, and for pointers what they point to; where one side does not say, it is believed.
 */
import * as ctypes from "ctypes-js";
import { letterOf } from "../configure/simple.ts";
import type { Type } from "../generate/ir.ts";
import { simpleType } from "../generate/layouts.ts";
import { kindOf } from "./classes.ts";
import type { Known } from "./known.ts";

export type ShapeKind = "void" | "pointer" | "structure" | "incomplete" | "array" | "character" | "number" | string;

/** Of a class; null is `void`. */
export function kindOfClass(type: unknown): ShapeKind {
  if (type === null || type === undefined) return "void";
  const letter = letterOf(type);
  if (letter !== null) return kindOfLetter(letter);
  const { _type_, _length_, _fields_, _argtypes_ } = type as Readonly<Record<string, unknown>>;
  if (_fields_ !== undefined) return "structure";
  if (typeof _length_ === "number") return "array";
  if (_argtypes_ !== undefined || typeof _type_ === "function") return "pointer";
  return "incomplete";
}

/** Of a type of the headers. */
export function kindOfType(type: Type, known: Known): ShapeKind {
  switch (type.kind) {
    case "void":
      return "void";
    case "simple":
      return kindOfClass(simpleType(type.name));
    case "enum":
      return kindOfClass(simpleType(type.integer));
    case "array":
      return "array";
    case "pointer":
    case "function":
    case "disposed":
      return "pointer";
    case "named": {
      const found = known.declarationOf(type.name);
      if (found?.kind === "typedef") return kindOfType(found.type, known);
      return found?.kind === "record" ? "structure" : "incomplete";
    }
  }
}

/** Whether they are the same to a call, as far as both say. */
export function isAlike(own: unknown, type: Type, known: Known, depth = 0): boolean {
  const theirs = resolved(type, known);
  const kinds = [kindOfClass(own), kindOfType(theirs, known)] as const;
  if (kinds.includes("incomplete")) return !kinds.includes("void") && kinds.every(isComposed);
  if (kinds.every((kind) => kind === "pointer")) return depth > 2 || arePointeesAlike(own, theirs, known, depth);
  if (kinds.every((kind) => kind === "array")) return isItemAlike(own, theirs, known, depth);
  if (kinds[0] === "array" && kinds[1] === "pointer") return true; // an array is passed by its address
  const isCharacter = kinds.includes("character");
  if (!isCharacter && kinds[0] !== kinds[1]) return false;
  if (isCharacter && !kinds.every((kind) => ["character", "signed", "unsigned"].includes(kind))) return false;
  return sizeOfClass(own) === sizeOfType(theirs, known);
}

/** A class as one writes it: `POINTER(c_int)`. */
export function nameOfClass(type: unknown): string {
  if (type === null || type === undefined) return "null";
  const {
    name = "?",
    _type_,
    _length_,
    _argtypes_,
    _restype_,
  } = type as Readonly<Record<string, unknown>> & {
    readonly name?: string;
  };
  if (letterOf(type) !== null) return name;
  if (Array.isArray(_argtypes_)) return `CFUNCTYPE(${[_restype_, ..._argtypes_].map(nameOfClass).join(", ")})`;
  if (typeof _length_ === "number") return `ARRAY(${nameOfClass(_type_)}, ${_length_})`;
  return typeof _type_ === "function" && !("_fields_" in (type as object)) ? `POINTER(${nameOfClass(_type_)})` : name;
}

// -- Private ---------------------------------------------------------------------------------------

function kindOfLetter(letter: string): ShapeKind {
  if ("zZtTP".includes(letter)) return "pointer";
  if (letter === "c") return "character";
  return kindOf(letter) ?? "number";
}

function isComposed(kind: ShapeKind): boolean {
  return kind === "structure" || kind === "incomplete" || kind === "array";
}

function resolved(type: Type, known: Known): Type {
  if (type.kind === "enum") return { kind: "simple", name: type.integer };
  if (type.kind !== "named") return type;
  const found = known.declarationOf(type.name);
  return found?.kind === "typedef" ? resolved(found.type, known) : type;
}

function arePointeesAlike(own: unknown, type: Type, known: Known, depth: number): boolean {
  const letter = letterOf(own);
  if (letter === "P" || (type.kind === "simple" && type.name === "c_void_p")) return true;
  const { _type_, _argtypes_, _restype_ } = own as Readonly<Record<string, unknown>>;
  if (type.kind === "function") {
    if (!Array.isArray(_argtypes_)) return false;
    const { parameters, result } = type;
    const isResultAlike = isAlike(_restype_ ?? null, result, known, depth + 1);
    // A declaration without a prototype says nothing of parameters.
    const areAlike = parameters.every((parameter, i) =>
      isAlike(_argtypes_[i] ?? null, parameter.type, known, depth + 1),
    );
    return isResultAlike && (parameters.length === 0 || (parameters.length === _argtypes_.length && areAlike));
  }
  if (Array.isArray(_argtypes_)) return false;
  const pointee = typeof letter === "string" ? (CHARACTERS[letter] ?? _type_) : _type_;
  return isAlike(pointee, pointeeOf(type), known, depth + 1);
}

function pointeeOf(type: Type): Type {
  if (type.kind === "pointer") return type.to;
  // c_char_p points to a c_char.
  return { kind: "simple", name: type.kind === "simple" ? type.name.replace(/_p$/, "") : "c_char" };
}

/** What the pointers to text point to, by their letters. */
const CHARACTERS: Readonly<Record<string, unknown>> = {
  z: ctypes.c_char,
  Z: ctypes.c_wchar,
  t: ctypes.c_char16,
  T: ctypes.c_char32,
};

function isItemAlike(own: unknown, type: Type, known: Known, depth: number): boolean {
  const { _type_, _length_ } = own as Readonly<Record<string, unknown>>;
  if (type.kind !== "array") return false;
  return (type.length === 0 || type.length === _length_) && isAlike(_type_, type.of, known, depth);
}

function sizeOfClass(type: unknown): number {
  return type === null || type === undefined ? 0 : ctypes.sizeof(type as ctypes.TypeOf);
}

function sizeOfType(type: Type, known: Known): number {
  if (type.kind === "enum") return ctypes.sizeof(simpleType(type.integer));
  if (type.kind === "simple") return ctypes.sizeof(simpleType(type.name));
  const found = type.kind === "named" ? known.declarationOf(type.name) : undefined;
  return found?.kind === "record" ? found.size : 0;
}
