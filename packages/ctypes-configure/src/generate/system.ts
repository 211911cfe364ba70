/**
 * Which headers belong to the C library, the kernel and the compiler: what others include, and what nobody means who
 * binds *their* header.
 */

/** Folders directly below an include folder. */
const FOLDERS =
  "arpa asm asm-generic bits gnu linux net netinet netpacket nfs protocols rpc rpcsvc scsi sound sys video c++ rdma misc mtd drm".split(
    " ",
  );

/** ISO C and POSIX, and what glibc has besides. */
const NAMES = (
  "aio aliases alloca ar argp argz assert byteswap complex cpio ctype dirent dlfcn elf endian envz err errno error execinfo fcntl features " +
  "features-time64 fenv float fmtmsg fnmatch fstab fts ftw gconv getopt glob grp iconv ifaddrs inttypes iso646 langinfo libgen libintl " +
  "limits link locale malloc math mcheck memory mntent monetary mqueue netdb nl_types nss obstack paths poll printf proc_service pthread " +
  "pty pwd regex resolv sched search semaphore setjmp sgtty shadow signal spawn stab stdalign stdarg stdatomic stdbool stdc-predef stddef " +
  "stdint stdio stdio_ext stdlib stdnoreturn string strings stropts syscall sysexits syslog tar termio termios tgmath thread_db threads " +
  "time ttyent uchar ucontext ulimit unistd utime utmp utmpx values wait wchar wctype wordexp xlocale"
).split(" ");

const folders = new Set(FOLDERS);
const names = new Set(NAMES.map((name) => `${name}.h`));

/** Whether a file belongs to the system rather than to a library. */
export function isSystemHeader(path: string): boolean {
  if (/\/include\/clang\/\d|\/lib(32|64)?\/(llvm-[\d.]+\/lib\/)?(clang|gcc)\//.test(path)) return true;
  const below = /\/include\/(?:[\w]+-linux-[\w]+\/)?(.+)$/.exec(path)?.[1];
  if (below === undefined) return false;
  const [first = "", ...rest] = below.split("/");
  return rest.length === 0 ? names.has(first) : folders.has(first);
}
