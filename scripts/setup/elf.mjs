/**
 * What a dynamic library for Linux gives to others and wants of them, as its ELF file says it: symbols with their
 * versions. Only 64-bit files of this machine's byte order are read.
 */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";
import { SetupError } from "./step.mjs";

/** Kinds of sections, by the names in <elf.h>. */
const SHT = { DYNSYM: 11, VERDEF: 0x6ffffffd, VERNEED: 0x6ffffffe, VERSYM: 0x6fffffff };

const KINDS = { 1: "object", 2: "function", 10: "function" };
const WEAK = 2;
/** In a symbol's version number: programs that are linked now get another version. */
const HIDDEN = 0x8000;

/**
 * Its dynamic symbols, and the versions that it wants of each library.
 *
 * - `symbols`: `name`, `version` (null for none), `from` (the library that it is wanted of, with that version),
 *   `isDefined`, `isWeak`, `kind` ("function", "object" or "other") and `byteLength`
 * - `needs`: `library` and `version`
 *
 * @throws SetupError when it is no such file.
 */
export function readLibrary(path) {
  const file = openElf(path);
  const needs = neededVersions(file);
  const versions = new Map([
    ...definedVersions(file),
    ...needs.map(({ index, library, version }) => [index, { version, from: library }]),
  ]);
  const numbers = file.section(SHT.VERSYM);
  const symbols = file.entries(SHT.DYNSYM, 24).map((at, index) => {
    const info = file.u8(at + 4);
    const number = numbers === undefined ? 0 : file.u16(numbers.offset + 2 * index) & ~HIDDEN;
    const { version = null, from = null } = versions.get(number) ?? {};
    const name = file.text(SHT.DYNSYM, file.u32(at));
    const kind = KINDS[info & 15] ?? "other";
    const isDefined = file.u16(at + 6) !== 0;
    return { name, version, from, isDefined, isWeak: info >> 4 === WEAK, kind, byteLength: file.u64(at + 16) };
  });
  return {
    symbols: symbols.filter(({ name }) => name !== ""),
    needs: needs.map(({ library, version }) => ({ library, version })),
  };
}

// -- Versions --------------------------------------------------------------------------------------

/** [number, { version }] of each version that the library defines. */
function definedVersions(file) {
  return chain(file, SHT.VERDEF, 16).map((at) => {
    const version = file.text(SHT.VERDEF, file.u32(at + file.u32(at + 12)));
    return [file.u16(at + 4), { version }];
  });
}

function neededVersions(file) {
  return chain(file, SHT.VERNEED, 12).flatMap((at) => {
    const library = file.text(SHT.VERNEED, file.u32(at + 4));
    return links(file, at + file.u32(at + 8), 12).map((aux) => ({
      index: file.u16(aux + 6),
      library,
      version: file.text(SHT.VERNEED, file.u32(aux + 8)),
    }));
  });
}

/** Where the entries of a section are that say each where the next one is, at `next`. */
function chain(file, kind, next) {
  const section = file.section(kind);
  return section === undefined ? [] : links(file, section.offset, next);
}

function links(file, first, next) {
  const found = [first];
  for (let at = first, step = file.u32(at + next); step !== 0; step = file.u32(at + next)) {
    at += step;
    found.push(at);
  }
  return found;
}

// -- The file --------------------------------------------------------------------------------------

function openElf(path) {
  const bytes = readFileSync(path);
  const isLittle = endianness() === "LE";
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== (isLittle ? 1 : 2))
    throw new SetupError(`${path} is no 64-bit ELF file of this machine's byte order`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u8 = (at) => view.getUint8(at);
  const u16 = (at) => view.getUint16(at, isLittle);
  const u32 = (at) => view.getUint32(at, isLittle);
  const u64 = (at) => Number(view.getBigUint64(at, isLittle));

  const sections = Array.from({ length: u16(60) }, (_, index) => {
    const at = u64(40) + index * u16(58);
    return { kind: u32(at + 4), offset: u64(at + 24), byteLength: u64(at + 32), link: u32(at + 40) };
  });
  const section = (kind) => sections.find((other) => other.kind === kind);
  /** Where the entries of a section are that are all of one size. */
  const entries = (kind, size) => {
    const { offset, byteLength } = section(kind) ?? { offset: 0, byteLength: 0 };
    return Array.from({ length: byteLength / size }, (_, index) => offset + index * size);
  };
  /** A text in the table of texts that a section has. */
  const text = (kind, at) => {
    const start = sections[section(kind).link].offset + at;
    return bytes.toString("latin1", start, bytes.indexOf(0, start));
  };
  return { u8, u16, u32, u64, section, entries, text };
}
