/** What a library or an object file for macOS says of itself, as its Mach-O headers have it. */
import { readFileSync } from "node:fs";
import { SetupError } from "./step.mjs";

/** By the names in <mach/machine.h>, <mach-o/loader.h> and <mach-o/nlist.h>. */
const PROCESSORS = { 16777223: "x64", 16777228: "arm64" };
const LC = { SYMTAB: 2, LOAD_DYLIB: 12, SEGMENT_64: 0x19, CODE_SIGNATURE: 0x1d, BUILD_VERSION: 0x32 };
const KINDS = { 1: "object", 6: "dylib", 8: "bundle" };
const N = { STAB: 0xe0, PEXT: 0x10, TYPE: 0x0e, EXT: 1 };
const DYNAMIC_LOOKUP = 0xfe;

/**
 * - `cpu`, by Node's name; `kind`; `oldest`, the macOS that it is made for; `isSigned`
 * - `libraries`: the paths of those that it is linked with
 * - `segments`: `name`, `isWritable`, `isExecutable`
 * - `sections`: `segment`, `name`, `address`, `align` and `bytes`
 * - `exported`: names of symbols; `wanted`: `name` and `library`, which is null for one that any library may have
 *
 * @throws SetupError when it is no 64-bit Mach-O file.
 */
export function readMachO(path) {
  const bytes = readFileSync(path);
  if (bytes.length < 32 || bytes.readUInt32LE(0) !== 0xfeedfacf)
    throw new SetupError(`${path} is no Mach-O file of 64 bits`);
  const u32 = (at) => bytes.readUInt32LE(at);
  const u64 = (at) => Number(bytes.readBigUInt64LE(at));
  const text = (at, end = bytes.length) => {
    const nul = bytes.indexOf(0, at);
    return bytes.toString("latin1", at, nul < 0 ? end : Math.min(nul, end));
  };
  const found = {
    cpu: PROCESSORS[u32(4)] ?? `0x${u32(4).toString(16)}`,
    kind: KINDS[u32(12)] ?? u32(12),
    ...{ oldest: null, isSigned: false, libraries: [], segments: [], sections: [], exported: [], wanted: [] },
  };
  let symbols = null;
  let at = 32;
  for (let i = 0; i < u32(16); i++, at += u32(at + 4)) {
    const command = u32(at) & 0xff;
    if (command === LC.CODE_SIGNATURE) found.isSigned = true;
    else if (command === LC.BUILD_VERSION) found.oldest = `${u32(at + 12) >>> 16}.${(u32(at + 12) >> 8) & 0xff}`;
    else if (command === LC.LOAD_DYLIB) found.libraries.push(text(at + u32(at + 8)));
    else if (command === LC.SYMTAB) symbols = { at: u32(at + 8), count: u32(at + 12), names: u32(at + 16) };
    else if (command === LC.SEGMENT_64) readSegment(at);
  }
  if (symbols !== null) readSymbols(symbols);
  return found;

  function readSegment(segment) {
    const mode = u32(segment + 60);
    found.segments.push({
      name: text(segment + 8, segment + 24),
      isWritable: (mode & 2) !== 0,
      isExecutable: (mode & 4) !== 0,
    });
    for (let i = 0; i < u32(segment + 64); i++) {
      const section = segment + 72 + 80 * i;
      const start = u32(section + 48);
      found.sections.push({
        segment: text(section + 16, section + 32),
        name: text(section, section + 16),
        address: u64(section + 32),
        align: 2 ** u32(section + 52),
        bytes: start === 0 ? bytes.subarray(0, 0) : bytes.subarray(start, start + u64(section + 40)),
      });
    }
  }

  function readSymbols({ at: first, count, names }) {
    for (let i = 0; i < count; i++) {
      const symbol = first + 16 * i;
      const kind = bytes[symbol + 4];
      if ((kind & N.STAB) !== 0 || (kind & N.EXT) === 0 || (kind & N.PEXT) !== 0) continue;
      const name = text(names + u32(symbol));
      const ordinal = bytes.readUInt16LE(symbol + 6) >> 8;
      if ((kind & N.TYPE) !== 0) found.exported.push(name);
      else found.wanted.push({ name, library: ordinal === DYNAMIC_LOOKUP ? null : found.libraries[ordinal - 1] });
    }
  }
}

/** The names of Zig's linker for the file itself, which it exports. */
const OF_LINKER = ["___dso_handle", "__mh_dylib_header"];
const ENTRY = ["_napi_register_module_v1", "_node_api_module_get_api_version_v1"];
const LIBRARIES = ["/usr/lib/libSystem.B.dylib", "/usr/lib/libc++.1.dylib"];
const NODE_API = /^_(napi|node_api)_/;
/** On AArch64 macOS has pages of this size; a block of thunks is one: packages/rawffi/native/thunk.cc. */
const PAGE = 16384;

/** What is wrong with an addon for macOS, as sentences. */
export function faultsOfAddon(path, arch, oldest) {
  const { cpu, kind, oldest: found, isSigned, libraries, segments, sections, exported, wanted } = readMachO(path);
  const others = exported.filter((name) => ![...ENTRY, ...OF_LINKER].includes(name));
  const unknown = wanted.filter(({ name, library }) => library === null && !NODE_API.test(name));
  const thunks = sections.find(({ name }) => name === "__thunks");
  const rules = [
    [cpu === arch, `it is for ${cpu}`],
    [kind === "dylib" || kind === "bundle", `it is of kind ${kind}`],
    [found === oldest, `it needs macOS ${found}, and not ${oldest}`],
    [isSigned || arch !== "arm64", "it has no signature, without which nothing is loaded on AArch64"],
    [LIBRARIES.join() === libraries.toSorted().join(), `it is linked with ${libraries.join(", ")}`],
    [ENTRY.every((name) => exported.includes(name)), "it does not export what Node calls"],
    [others.length === 0, `it exports ${others.join(", ")}`],
    [unknown.length === 0, `no library has ${unknown.map(({ name }) => name).join(", ")}`],
    [!segments.some((one) => one.isWritable && one.isExecutable), "a segment is writable and executable"],
    [thunks?.segment === "__TEXT" && thunks.bytes.length === PAGE, "its thunks are no page of code"],
    [thunks?.address % PAGE === 0 && isRepeated(thunks.bytes, 16), "its thunks are not at a page, or not equal"],
  ];
  return rules.filter(([holds]) => !holds).map(([, fault]) => fault);
}

function isRepeated(bytes, length) {
  const first = bytes.subarray(0, length);
  for (let at = 0; at < bytes.length; at += length)
    if (Buffer.compare(first, bytes.subarray(at, at + length)) !== 0) return false;
  return first.some((byte) => byte !== 0);
}
