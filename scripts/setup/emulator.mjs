/**
 * What runs Node for Linux on another processor: a user-mode emulator (qemu), that processor's Node from npm, and
 * Debian's compiler and libraries for it. Everything but the Debian packages of the tools is kept in
 * node_modules/.cache/emulated.
 *
 * Node is started by a script, which starts the emulator. Node takes that script for its own executable, by a library
 * that is loaded before it (`exe.c` below): so whatever starts another Node, a shell, too, starts it in the emulator.
 * Other programs for that processor, which tests compile, are started in the emulator by the same library; a shell
 * cannot start them.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { archive, libffiOfRelease, signedBy } from "./libffi.mjs";
import { nodeOf } from "./nodes.mjs";
import { modified, root, run, whereIs } from "./step.mjs";
import { installDebianPackages } from "./system.mjs";

/**
 * By Node's name of a processor: what GNU, Debian and qemu call it, and npm, where that is another name. Libraries come
 * from this suite of Debian, without its security updates, which mirrors have for few processors. Node does, too, where
 * npm has none.
 */
export const MACHINES = {
  arm64: { triple: "aarch64-linux-gnu", debian: "arm64", qemu: "aarch64", suite: "bookworm" },
  ppc64: { triple: "powerpc64le-linux-gnu", debian: "ppc64el", qemu: "ppc64le", suite: "bookworm", npm: "ppc64le" },
  riscv64: { triple: "riscv64-linux-gnu", debian: "riscv64", qemu: "riscv64", suite: "trixie", hasDebiansNode: true },
};

/** The libraries that the tests load. */
const LIBRARIES = ["libc6", "libgcc-s1", "libstdc++6", "libatomic1", "libsqlite3-0", "zlib1g", "libgc1"];
/** What tests run, in this processor's version. */
const TOOLS = { cc: "gcc", gcc: "gcc", "c++": "g++", "g++": "g++", ld: "ld", objdump: "objdump", nm: "nm", as: "as" };

/**
 * Installs what is missing, and returns what a program needs that runs there.
 *
 * - `node(version)`: the executable of a Node in the emulator
 * - `compiler`, `libffi`: for the native part
 * - `env`: the environment for programs, in which `gcc` and the like compile for that processor
 */
export function emulated(arch) {
  const machine = MACHINES[arch];
  const { triple, debian, qemu } = machine;
  const needs = [
    [`g++-${triple}`, () => whereIs(`${triple}-g++`) !== null],
    [`libc6-dev-${debian}-cross`, () => modified(`/usr/${triple}/include/stdio.h`) > 0],
    ["qemu-user-static", () => whereIs(`qemu-${qemu}-static`) !== null],
  ];
  const missing = needs.filter(([, isThere]) => !isThere()).map(([name]) => name);
  if (missing.length > 0) installDebianPackages(missing);
  const folder = join(root, "node_modules/.cache/emulated", arch);
  mkdirSync(folder, { recursive: true });
  const system = libraries(machine, folder);
  const tools = wrappedTools(machine, folder, system);
  const preloaded = preloadedLibrary(`${machine.triple}-gcc`, folder);
  return {
    node: (version) => startScript(machine, folder, system, preloaded, version, arch),
    compiler: `${triple}-g++`,
    libffi: libffiOfRelease(arch, triple),
    env: {
      ...process.env,
      PATH: `${tools}:${process.env.PATH}`,
      // esbuild's own executable is a program for this machine, wherever the Node that starts it runs.
      ESBUILD_BINARY_PATH: join(root, `node_modules/@esbuild/linux-${process.arch}/bin/esbuild`),
    },
  };
}

// -- Libraries -------------------------------------------------------------------------------------

/** A folder with Debian's libraries for the processor, and what these need; with its Node, where that is wanted. */
function libraries({ triple, debian, suite, hasDebiansNode }, folder) {
  const system = join(folder, "system");
  if (modified(system) > 0) return system;
  const work = `${system}.${process.pid}`;
  unpackDebian(suite, debian, hasDebiansNode ? ["nodejs", ...LIBRARIES] : LIBRARIES, work);
  // Older suites have these as folders; the packages of newer ones count on the links.
  for (const name of ["bin", "lib", "lib64"])
    if (modified(join(work, "made", name)) === 0) {
      mkdirSync(join(work, "made/usr", name), { recursive: true });
      symlinkSync(`usr/${name}`, join(work, "made", name));
    }
  // The loader of POWER is a link to an absolute path.
  for (const { parentPath, path, name } of readdirSync(join(work, "made/lib64"), { withFileTypes: true })) {
    const link = join(parentPath ?? path, name);
    const target = lstatSync(link).isSymbolicLink() ? readlinkSync(link) : "";
    if (!target.startsWith("/")) continue;
    rmSync(link);
    symlinkSync(`..${target}`, link);
  }
  // By these names the compiler finds them.
  const place = realpathSync(join(work, "made/usr/lib", triple));
  for (const at of new Set([place, realpathSync(join(work, "made/lib", triple))]))
    for (const name of readdirSync(at)) {
      const development = /^lib(z|sqlite3|gc)\.so(?=\.\d+$)/.exec(name)?.[0];
      if (development !== undefined)
        symlinkSync(at === place ? name : `/lib/${triple}/${name}`, join(place, development));
    }
  renameSync(join(work, "made"), system);
  rmSync(work, { recursive: true, force: true });
  return system;
}

/** Unpacks packages of Debian, and what these need, to `work/made`, apart from this system's. */
export function unpackDebian(suite, arch, packages, work) {
  for (const name of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(work, name), { recursive: true });
  const places = { "Dir::State::lists": "lists", "Dir::Cache": "cache", "Dir::State::status": "status" };
  const options = Object.entries(places).map(([name, path]) => `${name}=${join(work, path)}`);
  writeFileSync(join(work, "status"), "");
  options.push(`APT::Architecture=${arch}`, `APT::Architectures=${arch}`);
  writeFileSync(join(work, "sources.list"), `deb ${signedBy()}${archive()} ${suite} main\n`);
  options.push(`Dir::Etc::sourcelist=${join(work, "sources.list")}`, "Dir::Etc::sourceparts=/dev/null");
  const flags = [...options, "APT::Sandbox::User=root"].flatMap((option) => ["-o", option]);
  run("apt-get", [...flags, "update"]);
  run("apt-get", [...flags, "install", "-y", "--download-only", "--no-install-recommends", ...packages]);
  const debs = join(work, "cache/archives");
  for (const file of readdirSync(debs).filter((name) => name.endsWith(".deb")))
    run("dpkg-deb", ["-x", join(debs, file), join(work, "made")]);
}

// -- Programs --------------------------------------------------------------------------------------

function wrappedTools({ triple }, folder, system) {
  const tools = join(folder, "tools");
  mkdirSync(tools, { recursive: true });
  const folders = [`${system}/usr/lib/${triple}`, `${system}/lib/${triple}`].map((name) => `-L${name}`).join(" ");
  for (const [name, tool] of Object.entries(TOOLS)) {
    const links = /gcc|g\+\+|ld/.test(tool) ? folders : "";
    writeScript(join(tools, name), `exec ${triple}-${tool} "$@" ${links}`);
  }
  return tools;
}

function startScript({ qemu, hasDebiansNode, npm }, folder, system, preloaded, version, arch) {
  const node = hasDebiansNode ? join(system, "usr/bin/node") : nodeOf(version, npm ?? arch);
  const place = join(folder, `node-${version}`);
  mkdirSync(join(place, "bin"), { recursive: true });
  const headers = join(node, "../../include/node");
  if (modified(headers) > 0 && modified(join(place, "include")) === 0)
    symlinkSync(dirname(headers), join(place, "include"));
  const script = join(place, "bin/node");
  const emulator = whereIs(`qemu-${qemu}-static`);
  const options = `-L ${system} -E EMULATED_EXE=${script} -E EMULATOR=${emulator} -E EMULATED_SYSTEM=${system}`;
  const preload = `-E LD_PRELOAD=${preloaded}\${LD_PRELOAD:+:$LD_PRELOAD}`;
  writeScript(script, `exec ${emulator} ${options} ${preload} ${node} "$@"`);
  return script;
}

/** Replaced, not written over: it may be running. */
export function writeScript(path, command) {
  writeFileSync(`${path}.new`, `#!/bin/sh\n${command}\n`);
  chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
}

const EXE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char exe[4096], emulator[4096], place[4096];
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

static void take(const char *name, char *to) {
  const char *given = getenv(name);
  if (given != NULL) strncpy(to, given, sizeof exe - 1);
  unsetenv(name);
}

__attribute__((constructor)) static void begin(void) {
  take("EMULATED_EXE", exe);
  take("EMULATOR", emulator);
  take("EMULATED_SYSTEM", place);
  const char *others = getenv("LD_PRELOAD");
  others = others == NULL ? NULL : strchr(others, ':');
  if (others == NULL) unsetenv("LD_PRELOAD");
  else setenv("LD_PRELOAD", strdup(others + 1), 1);
  const char *libraries = getenv("EMULATED_LIBRARIES");
  if (libraries != NULL) unsetenv("LD_LIBRARY_PATH");
  unsetenv("EMULATED_LIBRARIES");
}

ssize_t readlink(const char *path, char *to, size_t size) {
  if (exe[0] != 0 && strcmp(path, "/proc/self/exe") == 0) {
    const size_t length = strlen(exe) < size ? strlen(exe) : size;
    memcpy(to, exe, length);
    return (ssize_t)length;
  }
  ssize_t (*real)(const char *, char *, size_t) = (ssize_t (*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");
  return real(path, to, size);
}

/* Whether a file is a program for the processor that is emulated. */
static int isEmulated(const char *path) {
  Elf64_Ehdr header;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t size = read(file, &header, sizeof header);
  close(file);
  return size == sizeof header && memcmp(header.e_ident, __ehdr_start.e_ident, EI_OSABI) == 0 &&
         header.e_machine == __ehdr_start.e_machine;
}

int execvp(const char *file, char *const arguments[]) {
  int (*real)(const char *, char *const[]) = (int (*)(const char *, char *const[]))dlsym(RTLD_NEXT, "execvp");
  if (emulator[0] == 0 || strchr(file, '/') == NULL || !isEmulated(file)) return real(file, arguments);
  size_t count = 0;
  while (arguments[count] != NULL) count++;
  const char *all[count + 7];
  const char *first[] = {emulator, "-L", place, "-0", count == 0 ? file : arguments[0], file};
  memcpy(all, first, sizeof first);
  for (size_t i = 1; i < count; i++) all[5 + i] = arguments[i];
  all[count == 0 ? 6 : 5 + count] = NULL;
  return real(emulator, (char *const *)all);
}
`;

/** The library by which Node takes the script that started it for its own executable, and starts others by it. */
export function preloadedLibrary(compiler, folder, libraries = []) {
  const source = join(folder, "exe.c");
  const library = join(folder, "exe.so");
  writeFileSync(source, EXE);
  run(compiler, ["-shared", "-fPIC", "-O1", "-Wall", "-o", `${library}.new`, source, "-ldl", ...libraries]);
  renameSync(`${library}.new`, library);
  return library;
}
