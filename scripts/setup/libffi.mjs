/**
 * The libffi of a release: a pinned version, built from Debian's source package. Development builds use the system's.
 *
 * apt-get fetches the upstream tarball from Debian unstable, with its own lists and cache, so that the machine's
 * package lists stay unchanged and root is not needed. The checksum ensures that it is the right version, even after
 * the archive has changed.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { modified, root, run, SetupError, whereIs } from "./step.mjs";
import { installDebianPackages } from "./system.mjs";

/** The version, and the checksum (SHA-256) of its tarball. */
export const LIBFFI = {
  version: "3.8.0",
  checksum: "bf40d752d8f5fd4505bcd1c7d4208ea87fd12c91f087e359651c776748352dc0",
};

/** Contains its license, which every binary that includes it must come with. */
const NOTICES = join(root, "THIRD-PARTY-NOTICES.md");

/**
 * A folder with `include/ffi.h` and a position-independent `lib/libffi.a` of that version; built at the first use, and
 * kept. `LIBFFI_SOURCE` in the environment names the tarball where it cannot be fetched. For another processor, `host`
 * is GNU's name of its system, whose compiler builds it, or `tools` (CC, AR and so on), before which `prepare` gets the
 * folder of the source.
 *
 * @throws SetupError when the source is not available, has another checksum, or does not build.
 */
export function libffiOfRelease(arch = process.arch, host = null, { tools = {}, prepare = () => {} } = {}) {
  const system = host ?? `${process.platform}-${arch}`;
  const folder = join(root, "node_modules/.cache/libffi", `${LIBFFI.version}-${system}`);
  if (modified(join(folder, "lib/libffi.a")) > 0) return folder;
  const work = mkdtempSync(join(tmpdir(), "rawffi-libffi-"));
  try {
    const tarball = process.env.LIBFFI_SOURCE || fetched(work);
    check(tarball);
    run("tar", ["-xf", tarball, "-C", work]);
    const source = join(work, `libffi-${LIBFFI.version}`);
    checkNotice(source);
    prepare(source);
    build(source, join(work, "made"), host, tools);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, ".."), { recursive: true });
    cpSync(join(work, "made"), `${folder}.new`, { recursive: true });
    renameSync(`${folder}.new`, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Older versions call more signatures wrongly (`docs/performance.md`), and do not report their version.
 *
 * @throws SetupError when the libffi in `folder` is older than the pinned one.
 */
export function checkVersion(folder) {
  const header = join(folder, "include/ffi.h");
  if (modified(header) === 0) throw new SetupError(`there is no ${header}`);
  const number = Number(/#define FFI_VERSION_NUMBER (\d+)/.exec(readFileSync(header, "utf8"))?.[1] ?? 0);
  const [major, minor, patch] = LIBFFI.version.split(".").map(Number);
  if (number >= 10000 * major + 100 * minor + patch) return;
  throw new SetupError(`a release needs libffi ${LIBFFI.version} or newer: ${header} says ${number || "no version"}`);
}

// -- The source ------------------------------------------------------------------------------------

/** The path of the tarball, which Debian calls libffi_3.8.0.orig.tar.gz. */
function fetched(work) {
  const instead = `LIBFFI_SOURCE can name the tarball of libffi ${LIBFFI.version}`;
  if (whereIs("apt-get") === null) throw new SetupError(`apt-get, which fetches libffi, is missing; ${instead}`);
  for (const name of ["lists/partial", "cache/archives/partial", "source"])
    mkdirSync(join(work, name), { recursive: true });
  writeFileSync(join(work, "sources.list"), `deb-src ${signedBy()}${archive(instead)} sid main\n`);
  const places = { "Etc::sourcelist": "sources.list", "State::lists": "lists", Cache: "cache" };
  const options = Object.entries(places).flatMap(([name, path]) => ["-o", `Dir::${name}=${join(work, path)}`]);
  // As root, apt would fetch as another user, which may not write here.
  options.push("-o", "Dir::Etc::sourceparts=/dev/null", "-o", "APT::Sandbox::User=root", "-q");
  run("apt-get", [...options, "update"]);
  const known = run("apt-cache", [...options, "showsrc", "--only-source", "libffi"]);
  const versions = [...known.matchAll(/^Version: (\S+)$/gm)].map(([, version]) => version);
  const wanted = versions.find((version) => version.startsWith(`${LIBFFI.version}-`));
  if (wanted === undefined) {
    const there = versions.join(", ") || "none";
    throw new SetupError(`Debian unstable has no libffi ${LIBFFI.version} any more; it has ${there}; ${instead}`);
  }
  const into = join(work, "source");
  run("apt-get", [...options, "source", "--download-only", "--tar-only", `libffi=${wanted}`], { cwd: into });
  const tarball = readdirSync(into).find((name) => name.includes(".orig.tar."));
  if (tarball === undefined) throw new SetupError(`apt-get fetched no source of libffi ${wanted}; ${instead}`);
  return join(into, tarball);
}

/** The archive that this machine's own packages come from. */
export function archive(instead = "") {
  const known = run("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Origin: Debian"]).split(/\s+/);
  const found = known.find((address) => address !== "" && !/security/.test(address));
  if (found === undefined)
    throw new SetupError(`apt-get knows no archive of Debian (apt-get update?)${instead && `; ${instead}`}`);
  return found;
}

export function signedBy() {
  const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
  return modified(keys) > 0 ? `[signed-by=${keys}] ` : "";
}

function check(tarball) {
  const found = createHash("sha256").update(readFileSync(tarball)).digest("hex");
  if (found !== LIBFFI.checksum)
    throw new SetupError(
      `${tarball} is not libffi ${LIBFFI.version}: its SHA-256 is ${found}, expected ${LIBFFI.checksum}`,
    );
}

function checkNotice(source) {
  if (!readFileSync(NOTICES, "utf8").includes(readFileSync(join(source, "LICENSE"), "utf8")))
    throw new SetupError(`${NOTICES} does not hold the LICENSE of libffi ${LIBFFI.version}: copy it there`);
}

// -- Building --------------------------------------------------------------------------------------

/** The tools that make `configure`, which the source does not contain. */
const TOOLS = [
  ["autoconf", () => whereIs("autoreconf") !== null],
  ["automake", () => whereIs("automake") !== null],
  ["libtool", () => whereIs("libtoolize") !== null],
  ["libltdl-dev", () => modified("/usr/share/aclocal/ltdl.m4") > 0],
];

function build(source, target, host, tools) {
  const missing = TOOLS.filter(([, isThere]) => !isThere()).map(([name]) => name);
  if (missing.length > 0) installDebianPackages(missing);
  const inSource = { cwd: source, env: { ...process.env, CFLAGS: "-O2 -fvisibility=hidden", ...tools } };
  run("autoreconf", ["-fi"], inSource);
  const kind = ["--enable-static", "--disable-shared", "--with-pic", "--disable-docs", "--disable-multi-os-directory"];
  const cross = host === null ? [] : [`--host=${host}`];
  run("./configure", [`--prefix=${target}`, `--libdir=${join(target, "lib")}`, ...kind, ...cross], inSource);
  run("make", [`-j${availableParallelism()}`], inSource);
  run("make", ["install"], inSource);
}
