/**
 * Header sets of real libraries: what is generated, from which libraries the functions come, and the packages of Debian
 * that have them.
 */
import { spawnSync } from "node:child_process";
import type { GenerateOptions } from "ctypes-configure";

export interface HeaderSet extends GenerateOptions {
  /** Packages of Debian, in words; those of the system too. */
  readonly debian: string;
}

const xorg = "X11/Xlib.h X11/Xutil.h X11/XKBlib.h";
// All that is public but ftmac.h; freetype.h does not include the others.
const freetype =
  "ft2build.h freetype/freetype.h freetype/ftadvanc.h freetype/ftbbox.h freetype/ftbdf.h freetype/ftbitmap.h " +
  "freetype/ftbzip2.h freetype/ftcache.h freetype/ftcid.h freetype/ftcolor.h freetype/ftdriver.h freetype/ftfntfmt.h " +
  "freetype/ftgasp.h freetype/ftglyph.h freetype/ftgxval.h freetype/ftgzip.h freetype/ftincrem.h freetype/ftlcdfil.h " +
  "freetype/ftlist.h freetype/ftlogging.h freetype/ftlzw.h freetype/ftmm.h freetype/ftmodapi.h freetype/ftotval.h " +
  "freetype/ftoutln.h freetype/ftpfr.h freetype/ftrender.h freetype/ftsizes.h freetype/ftsnames.h freetype/ftstroke.h " +
  "freetype/ftsynth.h freetype/fttrigon.h freetype/ftwinfnt.h freetype/otsvg.h freetype/t1tables.h freetype/ttnameid.h " +
  "freetype/tttables.h freetype/tttags.h";
const clang = ["/usr/lib/llvm-14/include"];

export const HEADER_SETS: Readonly<Record<string, HeaderSet>> = {
  zlib: set("zlib1g-dev", "zlib.h", "z"),
  sqlite3: set("libsqlite3-dev", "sqlite3.h", "sqlite3"),
  xlib: set("libx11-dev", xorg, "X11"),
  gl: set("libgl-dev libglx-dev libglu1-mesa-dev", "GL/gl.h GL/glx.h GL/glu.h", "GL GLX GLU"),
  egl: set("libegl-dev", "EGL/egl.h EGL/eglext.h", "EGL"),
  gles: set("libgles-dev", "GLES2/gl2.h GLES3/gl32.h", "GLESv2"),
  vulkan: set("libvulkan-dev", "vulkan/vulkan.h", "vulkan"),
  avcodec: set("libavcodec-dev", "libavcodec/avcodec.h", "avcodec avutil"),
  avformat: set("libavformat-dev", "libavformat/avformat.h", "avformat avcodec avutil"),
  swscale: set("libswscale-dev", "libswscale/swscale.h", "swscale avutil"),
  swresample: set("libswresample-dev", "libswresample/swresample.h", "swresample avutil"),
  curl: set("libcurl4-openssl-dev", "curl/curl.h", "curl"),
  clang: set("libclang-14-dev", "clang-c/Index.h", "clang-14", { includeDirs: clang }),
  libxml: set("libxml2-dev", "libxml/parser.h libxml/tree.h libxml/xpath.h", "xml2", { packages: ["libxml-2.0"] }),
  gtk: set("libgtk-3-dev", "gtk/gtk.h", "gtk-3 gdk-3", { packages: ["gtk+-3.0"], onlyFrom: [/\/gtk-3\.0\//] }),
  gio: set("libglib2.0-dev", "gio/gio.h", "gio-2.0 gobject-2.0 glib-2.0", { packages: ["gio-2.0"] }),
  glib: set("libglib2.0-dev", "glib.h", "glib-2.0", { packages: ["glib-2.0"] }),
  gobject: set("libglib2.0-dev", "glib-object.h", "gobject-2.0 glib-2.0", { packages: ["gobject-2.0"] }),
  pango: set("libpango1.0-dev", "pango/pangocairo.h", "pango-1.0 pangocairo-1.0", { packages: ["pangocairo"] }),
  cairo: set("libcairo2-dev", "cairo.h cairo-pdf.h cairo-svg.h", "cairo", { packages: ["cairo"] }),
  "gdk-pixbuf": set("libgdk-pixbuf-2.0-dev", "gdk-pixbuf/gdk-pixbuf.h", "gdk_pixbuf-2.0", {
    packages: ["gdk-pixbuf-2.0"],
  }),
  freetype: set("libfreetype-dev", freetype, "freetype", { packages: ["freetype2"] }),
  fontconfig: set("libfontconfig-dev", "fontconfig/fontconfig.h", "fontconfig"),
  harfbuzz: set("libharfbuzz-dev", "hb.h hb-ot.h", "harfbuzz", { packages: ["harfbuzz"] }),
  fribidi: set("libfribidi-dev", "fribidi.h", "fribidi", { packages: ["fribidi"] }),
  sdl2: set("libsdl2-dev", "SDL2/SDL.h", "SDL2-2.0", { packages: ["sdl2"] }),
  openal: set("libopenal-dev", "AL/al.h AL/alc.h AL/alext.h", "openal"),
  alsa: set("libasound2-dev", "alsa/asoundlib.h", "asound"),
  pulse: set("libpulse-dev", "pulse/pulseaudio.h pulse/simple.h", "pulse pulse-simple"),
  jack: set("libjack-jackd2-dev", "jack/jack.h jack/midiport.h", "jack"),
  portaudio: set("portaudio19-dev", "portaudio.h", "portaudio"),
  libusb: set("libusb-1.0-0-dev", "libusb.h", "usb-1.0", { packages: ["libusb-1.0"] }),
  udev: set("libudev-dev", "libudev.h", "udev"),
  openssl: set("libssl-dev", "openssl/ssl.h openssl/evp.h openssl/x509.h", "ssl crypto"),
  evp: set("libssl-dev", "openssl/evp.h", "crypto"),
  x509: set("libssl-dev", "openssl/x509.h openssl/x509v3.h", "crypto"),
  libgit2: set("libgit2-dev", "git2.h", "git2"),
  python: set("python3-dev", "Python.h", "python3.11", { packages: ["python3"] }),
  libpq: set("libpq-dev", "libpq-fe.h", "pq", { packages: ["libpq"] }),
  ncurses: set("libncurses-dev", "ncurses.h", "ncurses tinfo"),
  readline: set("libreadline-dev", "readline/readline.h readline/history.h", "readline"),
  lua: set("liblua5.4-dev", "lua.h lauxlib.h lualib.h", "lua5.4", { packages: ["lua5.4"] }),
  uv: set("libuv1-dev", "uv.h", "uv"),
  pcre2: set("libpcre2-dev", "pcre2.h", "pcre2-8", { defines: { PCRE2_CODE_UNIT_WIDTH: 8 } }),
  icu: set("libicu-dev", "unicode/ustring.h unicode/ucol.h unicode/ubrk.h unicode/udat.h", "icuuc icui18n"),
  png: set("libpng-dev", "png.h", "png16"),
  jpeg: set("libjpeg-dev", "stdio.h jpeglib.h", "jpeg", { onlyFrom: [/\/j\w+\.h$/] }),
  tiff: set("libtiff-dev", "tiffio.h", "tiff"),
  webp: set("libwebp-dev", "webp/encode.h webp/decode.h webp/mux.h", "webp webpmux"),
  archive: set("libarchive-dev", "archive.h archive_entry.h", "archive"),
  zstd: set("libzstd-dev", "zstd.h zdict.h", "zstd"),
  lz4: set("liblz4-dev", "lz4.h lz4frame.h lz4hc.h", "lz4"),
  brotli: set("libbrotli-dev", "brotli/encode.h brotli/decode.h", "brotlienc brotlidec brotlicommon"),
  gmp: set("libgmp-dev", "gmp.h", "gmp"),
  mpfr: set("libmpfr-dev", "mpfr.h", "mpfr"),
  fftw3: set("libfftw3-dev", "fftw3.h", "fftw3"),
  cblas: set("libopenblas-dev", "cblas.h", "openblas"),
  lapacke: set("liblapacke-dev", "lapacke.h", "lapacke"),
  gsl: set(
    "libgsl-dev",
    "gsl/gsl_sf.h gsl/gsl_matrix.h gsl/gsl_linalg.h gsl/gsl_rng.h gsl/gsl_integration.h",
    "gsl gslcblas",
    { defines: { GSL_COMPLEX_LEGACY: 1 } }, // else what a complex number is depends on the compiler's version
  ),
  wayland: set("libwayland-dev", "wayland-client.h", "wayland-client"),
  xcb: set("libxcb1-dev", "xcb/xcb.h xcb/xproto.h", "xcb"),
  dbus: set("libdbus-1-dev", "dbus/dbus.h", "dbus-1", { packages: ["dbus-1"] }),
  systemd: set("libsystemd-dev", "systemd/sd-bus.h systemd/sd-event.h systemd/sd-journal.h", "systemd"),
  netlink: set("libnl-3-dev libnl-genl-3-dev", "netlink/netlink.h netlink/genl/genl.h", "nl-3 nl-genl-3", {
    packages: ["libnl-3.0"],
  }),
  sodium: set("libsodium-dev", "sodium.h", "sodium"),
  expat: set("libexpat1-dev", "expat.h", "expat"),
  jansson: set("libjansson-dev", "jansson.h", "jansson"),
  hunspell: set("libhunspell-dev", "hunspell/hunspell.h", "hunspell-1.7"),
  magic: set("libmagic-dev", "magic.h", "magic"),
  zmq: set("libzmq3-dev", "zmq.h", "zmq"),
  czmq: set("libczmq-dev", "czmq.h", "czmq"),
  nanomsg: set("libnanomsg-dev", "nanomsg/nn.h nanomsg/pubsub.h nanomsg/reqrep.h", "nanomsg"),
  "protobuf-c": set("libprotobuf-c-dev", "protobuf-c/protobuf-c.h", "protobuf-c"),
  uuid: set("uuid-dev", "uuid/uuid.h", "uuid"),
  "linux/input": set("linux-libc-dev", "linux/input.h"),
  "linux/videodev2": set("linux-libc-dev", "linux/videodev2.h"),
  "linux/if": set("linux-libc-dev", "linux/if.h linux/if_link.h"),
  "linux/perf_event": set("linux-libc-dev", "linux/perf_event.h"),
  "linux/bpf": set("linux-libc-dev", "linux/bpf.h"),
  "linux/netlink": set("linux-libc-dev", "linux/netlink.h linux/rtnetlink.h"),
  elf: set("libc6-dev", "elf.h"),
  "sys/socket": set("libc6-dev", "sys/socket.h", "c"),
  netinet: set("libc6-dev", "netinet/in.h netinet/tcp.h netinet/ip.h arpa/inet.h netdb.h", "c"),
  dirent: set("libc6-dev", "dirent.h", "c"),
  termios: set("libc6-dev", "termios.h sys/ioctl.h", "c"),
  signal: set("libc6-dev", "signal.h", "c"),
  time: set("libc6-dev", "time.h sys/time.h", "c"),
  "sys/stat": set("libc6-dev", "sys/stat.h", "c"),
  "sys/resource": set("libc6-dev", "sys/resource.h sys/wait.h", "c"),
  pthread: set("libc6-dev", "pthread.h semaphore.h", "c"),
};

/** False where a set's headers are installed, else the reason to skip. */
export function skipWithoutHeader(set: GenerateOptions & Partial<HeaderSet>): string | false {
  const { headers, includeDirs = [], packages = [], debian } = set;
  const flags = packages.length === 0 ? "" : `$(pkg-config --cflags ${packages.join(" ")})`;
  const folders = includeDirs.map((folder) => `-I${folder}`).join(" ");
  const input = headers.map((header) => `#if !__has_include(<${header}>)\n#error ${header}\n#endif\n`).join("");
  const { status, stderr } = spawnSync("sh", ["-c", `gcc -E -x c ${folders} ${flags} - >/dev/null`], {
    input,
    encoding: "utf8",
  });
  const missing = /#error (\S+)/.exec(stderr)?.[1] ?? headers[0];
  return status === 0
    ? false
    : `${missing} is not installed${debian === undefined ? "" : ` (Debian has it in ${debian})`}`;
}

// -- Private ---------------------------------------------------------------------------------------

/** A set, with its lists as words. */
function set(debian: string, headers: string, libraries = "", more: Partial<HeaderSet> = {}): HeaderSet {
  const list = libraries === "" ? {} : { libraries: libraries.split(" ") };
  return { debian, headers: headers.split(" "), ...list, ...more };
}
