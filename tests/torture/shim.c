/* A disk whose power tests may cut, that they may fill, and that they may make read-only.
   Loaded before the C library; it minds one folder only, and does nothing until it is told to. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, #name)
#define PATH 4096
enum { WRITES = 1, SYNCS = 2 };

static char disk[PATH], shadow[PATH];
static atomic_long left = -1, seen = 0; /* steps until the fault, -1: none comes; steps seen so far */
static int fault, once, counted = WRITES, came, frozen, numbers; /* came: the fault did */

void shim_disk(const char *folder) { strncpy(disk, folder, PATH - 1); }
void shim_power(const char *folder) { strncpy(shadow, folder, PATH - 1); }
void shim_fault(long after, int error, int only_once, int what) {
    fault = error; once = only_once; counted = what; came = seen = 0; left = after;
}
void shim_frozen(int yes) { frozen = yes; }
long shim_seen(void) { return seen; }

static int under(const char *path) { return *disk && path && !strncmp(path, disk, strlen(disk)); }
static int where(int fd, char *path) {
    char link[64];
    if (!*disk) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH - 1);
    return n > 0 && (path[n] = 0, under(path));
}

/* Count one step that changes the disk; the fault comes after `left` more of them. */
static int fails(int what) {
    if (frozen && what == WRITES) return errno = EROFS, 1;
    if (!(what & counted)) return 0;
    seen++;
    if (left < 0 || (left > 0 && left-- > 0)) return 0;
    if (!fault) raise(SIGKILL);
    if (once) left = -1;
    came = 1;
    return errno = fault, 1;
}
static int full(void) { return came && fault == ENOSPC; } /* until tests make room */

/* Only what was synced is in the shadow, each file under its own name and as a whole. */
static char *shaded(const char *path, char *into) {
    snprintf(into, PATH * 2, "%s/%s", shadow, strrchr(path, '/') + 1);
    return into;
}
static void keep(const char *path) {
    char part[PATH * 2], to[PATH * 2], block[1 << 16];
    struct stat is;
    if (!*shadow || stat(path, &is) || !S_ISREG(is.st_mode)) return;
    snprintf(part, sizeof part, "%s/.part%d", shadow, __sync_fetch_and_add(&numbers, 1));
    int in = open(path, O_RDONLY), out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (ssize_t n; (n = read(in, block, sizeof block)) > 0;)
        if (write(out, block, n) != n) abort();
    close(in), close(out);
    if (rename(part, shaded(path, to))) abort();
}

#define SYNC(name) int name(int fd) { REAL(name); char path[PATH]; \
    if (!where(fd, path)) return real(fd); \
    if (fails(SYNCS)) return -1; \
    int done = real(fd); if (!done) keep(path); return done; }
SYNC(fsync) SYNC(fdatasync)

#define WRITE(name, type, args, call) type name args { REAL(name); char path[PATH]; \
    return where(fd, path) && fails(WRITES) ? -1 : real call; }
WRITE(write, ssize_t, (int fd, const void *from, size_t n), (fd, from, n))
WRITE(pwrite, ssize_t, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at))
WRITE(pwrite64, ssize_t, (int fd, const void *from, size_t n, off64_t at), (fd, from, n, at))
WRITE(ftruncate, int, (int fd, off_t n), (fd, n))
WRITE(ftruncate64, int, (int fd, off64_t n), (fd, n))

/* A new name costs room on the disk; names are durable at once, contents are not. */
#define OPEN(name) int name(const char *path, int flags, ...) { REAL(name); \
    va_list more; va_start(more, flags); int mode = flags & O_CREAT ? va_arg(more, int) : 0; va_end(more); \
    if (under(path)) { \
        if (frozen && (flags & (O_WRONLY | O_RDWR | O_CREAT))) return errno = EROFS, -1; \
        if ((flags & O_CREAT) && access(path, F_OK) && fails(WRITES)) return -1; } \
    return real(path, flags, mode); }
OPEN(open) OPEN(open64)

int mkdir(const char *path, mode_t mode) { REAL(mkdir); return under(path) && fails(WRITES) ? -1 : real(path, mode); }
int unlink(const char *path) {
    REAL(unlink);
    char to[PATH * 2];
    if (under(path) && frozen) return errno = EROFS, -1;
    int done = real(path);
    if (!done && under(path) && *shadow) real(shaded(path, to));
    return done;
}
#define NAME(name) int name(const char *old, const char *new) { REAL(name); char a[PATH * 2], b[PATH * 2]; \
    if (!under(new)) return real(old, new); \
    if (fails(WRITES)) return -1; \
    int done = real(old, new); \
    if (!done && *shadow) { shaded(old, a), shaded(new, b); \
        if (access(a, F_OK)) close(open(a, O_WRONLY | O_CREAT, 0600)); \
        real(a, b); } \
    return done; }
NAME(link) NAME(rename)
int access(const char *path, int how) {
    REAL(access);
    return under(path) && frozen && (how & W_OK) ? (errno = EROFS, -1) : real(path, how);
}
#define ROOM(name, type) int name(const char *path, struct type *is) { REAL(name); \
    int done = real(path, is); if (!done && full()) is->f_bavail = is->f_bfree = 0; return done; }
ROOM(statvfs, statvfs) ROOM(statvfs64, statvfs64)
