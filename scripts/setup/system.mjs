/**
 * What must come from the operating system: a compiler, libffi to link with, and the libraries that the demo and the
 * tests call.
 *
 * Each need is first looked for by its files; apt-get installs only what is missing, and only where it can.
 */
import { join } from "node:path";
import { modified, run, SetupError, whereIs } from "./step.mjs";

const multiarch = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch] ?? `${process.arch}-linux-gnu`;
const headerFolders = ["/usr/include", `/usr/include/${multiarch}`, "/usr/local/include"];
const libraryFolders = [
  `/usr/lib/${multiarch}`,
  `/lib/${multiarch}`,
  "/usr/lib",
  "/lib",
  "/usr/lib64",
  "/usr/local/lib",
];

const needs = [
  { debian: "gcc", what: "the C compiler gcc", why: "it compiles the test fixtures", isThere: () => hasCommand("gcc") },
  {
    debian: "g++",
    what: "the C++ compiler g++",
    why: "it builds the native part",
    isThere: () => hasCommand(process.env.CXX ?? "g++"),
  },
  {
    debian: "libc6-dev",
    what: "the C library's headers (stdio.h)",
    why: "everything in C includes them",
    isThere: () => hasHeader("stdio.h"),
  },
  {
    debian: "libffi-dev",
    what: "libffi to build with (ffi.h and libffi_pic.a or libffi.a)",
    why: "it is linked into the native part",
    isThere: () =>
      process.env.LIBFFI !== undefined ||
      (hasHeader("ffi.h") && (hasLibrary("libffi_pic.a") || hasLibrary("libffi.a"))),
  },
  {
    debian: "binutils",
    what: "ld and objdump",
    why: "they link the native part, and find_library() asks them",
    isThere: () => hasCommand("ld") && hasCommand("objdump"),
  },
  {
    debian: "libsqlite3-0",
    what: "SQLite (libsqlite3.so.0)",
    why: "demo and tests call it",
    isThere: () => hasLibrary("libsqlite3.so.0"),
  },
  {
    debian: "libgc1",
    what: "Boehm's collector (libgc.so.1)",
    why: "a test has it look at the stack",
    isThere: () => hasLibrary("libgc.so.1"),
  },
  {
    debian: "libsqlite3-dev",
    what: "SQLite's headers (sqlite3ext.h)",
    why: "a test builds an extension of SQLite",
    isThere: () => hasHeader("sqlite3ext.h"),
  },
  {
    debian: "pkg-config",
    what: "pkg-config",
    why: "ctypes-configure asks it for a package's flags",
    isThere: () => hasCommand("pkg-config"),
  },
  { debian: "zlib1g", what: "zlib (libz.so.1)", why: "demo and tests call it", isThere: () => hasLibrary("libz.so.1") },
  {
    debian: "zlib1g-dev",
    what: "zlib's header (zlib.h)",
    why: "the demo binds it",
    isThere: () => hasHeader("zlib.h"),
  },
  {
    debian: "libclang1-14 libclang-common-14-dev",
    what: "libclang, and the headers of its compiler",
    why: "libclang and ctypes-configure parse C with it, in the demo, too",
    isThere: () => hasLibrary("libclang-14.so.1") && modified("/usr/lib/llvm-14/lib/clang/14.0.6/include/stddef.h") > 0,
  },
];

/** What only the tests need: other machines' tools, headers to bind, and checkers for our C++. */
const needsOfTests = [
  {
    debian: "clang-format-14",
    what: "clang-format",
    why: "a test has it look at the C++",
    isThere: () => hasCommand("clang-format-14"),
  },
  {
    debian: "clang-14",
    what: "Clang",
    why: "a test compiles with it as macOS does",
    isThere: () => hasCommand("clang-14"),
  },
  {
    debian: "clang-tidy-14",
    what: "clang-tidy",
    why: "a test has it look at changed C++",
    isThere: () => hasCommand("clang-tidy-14"),
  },
  {
    debian: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
    what: "a C compiler for AArch64",
    why: "ctypes-configure is tested with another machine",
    isThere: () => hasCommand("aarch64-linux-gnu-gcc"),
  },
  {
    debian: "gcc-s390x-linux-gnu libc6-dev-s390x-cross",
    what: "a C compiler for s390x",
    why: "ctypes-configure is tested with a big-endian machine",
    isThere: () => hasCommand("s390x-linux-gnu-gcc"),
  },
  {
    debian: "python3-clang-14",
    what: "Python's bindings of libclang",
    why: "ours are compared with them",
    isThere: () => modified("/usr/lib/python3/dist-packages/clang/cindex.py") > 0,
  },
  ...[
    ["libsqlite3-dev", "sqlite3.h"],
    ["libx11-dev", "X11/Xlib.h"],
    ["libgl-dev", "GL/gl.h"],
    ["libglx-dev", "GL/glx.h"],
    ["libglu1-mesa-dev", "GL/glu.h"],
    ["libegl-dev", "EGL/egl.h"],
    ["libgles-dev", "GLES3/gl3.h"],
    ["libxrandr-dev", "X11/extensions/Xrandr.h"],
    ["libxtst-dev", "X11/extensions/XTest.h"],
    ["libavcodec-dev", "libavcodec/avcodec.h"],
    ["libavformat-dev", "libavformat/avformat.h"],
    ["libswscale-dev", "libswscale/swscale.h"],
    ["libswresample-dev", "libswresample/swresample.h"],
    ["libopenal-dev", "AL/alext.h"],
    ["libcurl4-openssl-dev", "curl/curl.h"],
    ["libxml2-dev", "libxml2/libxml/parser.h"],
    ["libclang-14-dev", "../lib/llvm-14/include/clang-c/Index.h"],
    ["libglib2.0-dev", "glib-2.0/glib.h"],
    ["libvulkan-dev", "vulkan/vulkan.h"],
    ["libssl-dev", "openssl/evp.h"],
    ["libfreetype-dev", "freetype2/ft2build.h"],
    ["libharfbuzz-dev", "harfbuzz/hb.h"],
    ["libfontconfig-dev", "fontconfig/fontconfig.h"],
    ["libfribidi-dev", "fribidi/fribidi.h"],
    ["libcairo2-dev", "cairo/cairo.h"],
    ["libpng-dev", "png.h"],
    ["liblz4-dev", "lz4.h"],
    ["libzstd-dev", "zstd.h"],
    ["libbrotli-dev", "brotli/encode.h"],
    ["libpcre2-dev", "pcre2.h"],
    ["libexpat1-dev", "expat.h"],
    ["libjansson-dev", "jansson.h"],
    ["libgmp-dev", "gmp.h"],
    ["libmpfr-dev", "mpfr.h"],
    ["libfftw3-dev", "fftw3.h"],
    ["libopenblas-dev", "cblas.h"],
    ["liblua5.4-dev", "lua5.4/lua.h"],
    ["libsodium-dev", "sodium.h"],
    ["uuid-dev", "uuid/uuid.h"],
    ["libicu-dev", "unicode/ustring.h"],
  ].map(([debian, header]) => ({
    debian,
    what: `the header ${header}`,
    why: "ctypes-configure is tested with it",
    isThere: () => hasHeader(header),
  })),
  {
    debian: "xvfb libgl1-mesa-dri libglx-mesa0",
    what: "a display without a screen (Xvfb), and OpenGL by the processor",
    why: "windows are tested on it",
    isThere: () => hasCommand("Xvfb") && hasLibrary("dri/swrast_dri.so") && hasLibrary("libGLX_mesa.so.0"),
  },
  {
    debian: "ffmpeg",
    what: "the program ffmpeg",
    why: "it makes the films of tests, and says what their frames are",
    isThere: () => hasCommand("ffmpeg"),
  },
  {
    debian: "x11-utils",
    what: "xprop",
    why: "what windows tell their manager is read with it",
    isThere: () => hasCommand("xprop"),
  },
  {
    debian: "libegl1 libegl-mesa0 libgles2",
    what: "OpenGL ES 3 without a window (EGL)",
    why: "WebGL is tested on it",
    isThere: () => hasLibrary("libEGL_mesa.so.0") && hasLibrary("libGLESv2.so.2"),
  },
  {
    debian: "python3-pyglet",
    what: "pyglet for Python",
    why: "pictures of ours are compared with its",
    isThere: () => modified("/usr/lib/python3/dist-packages/pyglet/__init__.py") > 0,
  },
  {
    debian: "fonts-noto-color-emoji",
    what: "the font Noto Color Emoji",
    why: "text is tested with its coloured glyphs",
    isThere: () => modified("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf") > 0,
  },
  {
    debian: "fonts-dejavu-core",
    what: "the font DejaVu Sans",
    why: "freetype and harfbuzz are tested with it",
    isThere: () => modified("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf") > 0,
  },
];

/** Other versions of libclang, of which each system has some: tests compare the modules that they make. */
const versionsOfLibclang = [13, 15, 16, 19, 22].map((version) => ({
  debian: `libclang1-${version} libclang-common-${version}-dev`,
  what: `libclang ${version}`,
  why: "modules made by different versions are compared",
  isThere: () => modified(`/usr/lib/llvm-${version}/lib/clang`) > 0,
}));

/** The first of these are what the native part is built with. */
const NEEDS_OF_BUILD = 5;

/** With `forTests`, also what the tests need; tests whose needs cannot be installed are skipped, with the reason. */
export function installSystemPackages(forTests = false) {
  if (process.platform !== "linux") return "not checked on this platform";
  // Other systems have the libraries by other names, and in other places.
  const isDebian = whereIs("apt-get") !== null;
  const said = install(isDebian ? needs : needs.slice(0, NEEDS_OF_BUILD));
  if (!isDebian && missingOf(needs).length > 0) return `${said}; tests will skip what they miss`;
  return forTests ? installOptional(said) : said;
}

function installOptional(said) {
  try {
    const more = install(needsOfTests);
    installVersions();
    return said === "present" ? more : `${said}, ${more}`;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return `${said}; tests will skip what they miss\n${error.message}`;
  }
}

/** Installs the versions that apt-get knows. */
function installVersions() {
  const missing = missingOf(versionsOfLibclang).flatMap((need) => need.debian.split(" "));
  if (missing.length === 0 || whereIs("apt-cache") === null) return;
  const known = run("apt-cache", ["search", "--names-only", "^libclang(1|-common)-[0-9]+"]);
  const wanted = missing.filter((name) => new RegExp(`^${name} `, "m").test(known));
  if (wanted.length > 0) installDebianPackages(wanted);
}

function install(wanted) {
  const missing = missingOf(wanted);
  if (missing.length === 0) return "present";

  const packages = missing.flatMap((need) => need.debian.split(" "));
  if (whereIs("apt-get") === null) {
    throw new SetupError(
      `${list(missing)}\nThere is no apt-get here. Install them in your system's way (on Debian they are: ${packages.join(" ")}).`,
    );
  }
  if (prefixForRoot() === null) {
    throw new SetupError(
      `${list(missing)}\nInstalling needs root, which this user is not. Run:\n\n  sudo apt-get install ${packages.join(" ")}`,
    );
  }

  installDebianPackages(packages);
  const still = missingOf(wanted);
  if (still.length > 0)
    throw new SetupError(`${list(still)}\nThey are missing although apt-get installed ${packages.join(" ")}.`);
  return `installed ${packages.join(" ")}`;
}

/**
 * Installs packages by apt-get.
 *
 * @throws SetupError when there is no apt-get, this user may not, or it fails.
 */
export function installDebianPackages(packages) {
  const asRoot = prefixForRoot();
  if (whereIs("apt-get") === null || asRoot === null)
    throw new SetupError("apt-get is missing, or this user may not run it");
  // By `env`, so that sudo does not drop the variable.
  const apt = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  runAll([...apt, "update"]);
  runAll([...apt, "install", "-y", "--no-install-recommends", ...packages]);
}

/**
 * The prefix that runs a command as root: nothing for root, sudo where it needs no password; null when there is no way.
 */
function prefixForRoot() {
  if (process.getuid?.() === 0) return [];
  if (whereIs("sudo") === null) return null;
  try {
    run("sudo", ["-n", "true"]);
    return ["sudo", "-n"];
  } catch {
    return null;
  }
}

function runAll([command, ...args]) {
  run(command, args);
}

function missingOf(wanted) {
  return wanted.filter((need) => !need.isThere());
}

function list(missing) {
  return ["Missing on this machine:", ...missing.map((need) => `  - ${need.what}: ${need.why}`)].join("\n");
}

function hasCommand(name) {
  return whereIs(name) !== null;
}

function hasHeader(name) {
  const own = ["CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"].flatMap(
    (variable) => process.env[variable]?.split(":") ?? [],
  );
  return [...headerFolders, ...own].some((folder) => modified(join(folder, name)) > 0);
}

function hasLibrary(name) {
  const own = ["LIBRARY_PATH", "LD_LIBRARY_PATH"].flatMap((variable) => process.env[variable]?.split(":") ?? []);
  return [...libraryFolders, ...own].some((folder) => modified(join(folder, name)) > 0);
}
