/* Attacks the host: deliver makes the one attempt that the setting "attack" names, on the file that "target" names.
 *
 * An attempt that succeeds makes every event DELIVERED; one that fails makes them REJECTED with the detail
 * "denied: errno N". So "delivered" means that a sandbox let it through. The constructor makes an attempt too, before
 * anybody can have told it which: what became of it is the attack "constructor".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>

#include "destination_adapter.h"

DESTINATION_NOTE("org.sealpost.test.hostile", "1.0.0")

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

typedef struct hostile {
    const destination_host *host;
    char attack[64];
    char target[512];
} hostile;

/* 0 when it worked; errno of the call that did not. */
static int denied(long result) { return result < 0 ? errno : 0; }

/* The attempt that was made while the library was loaded; -1 before. */
static int constructor_result = -1;

static int read_from(const char *path) {
    char byte;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    int result = denied(read(file, &byte, 1));
    close(file);
    return result;
}

static int read_of_host(const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)getppid(), name);
    return read_from(path);
}

__attribute__((constructor)) static void constructor(void) {
    constructor_result = read_from("/etc/passwd");
}

/* Processes. */
static int a_fork(const char *target) {
    (void)target;
    pid_t child = fork();
    if (child == 0) _exit(0);
    return denied(child);
}
static int a_vfork(const char *target) {
    (void)target;
    /* The system call itself: the library's function would hide whether it was made. */
    return denied(syscall(SYS_clone, (unsigned long)SIGCHLD, 0ul, 0ul, 0ul, 0ul));
}
static int a_exec(const char *target) {
    (void)target;
    char *arguments[] = {"sh", "-c", "true", NULL};
    return denied(execv("/bin/sh", arguments));
}
static int a_spawn(const char *target) {
    (void)target;
    pid_t child;
    char *arguments[] = {"sh", "-c", "true", NULL};
    return posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, NULL);
}

/* Sockets. */
static int a_tcp(const char *target) { (void)target; return denied(socket(AF_INET, SOCK_STREAM, 0)); }
static int a_udp(const char *target) { (void)target; return denied(socket(AF_INET6, SOCK_DGRAM, 0)); }
static int a_unix(const char *target) { (void)target; return denied(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int a_netlink(const char *target) { (void)target; return denied(socket(AF_NETLINK, SOCK_RAW, 0)); }
static int a_send_descriptor(const char *target) {
    (void)target;
    char byte = 0;
    int file = 0;
    char control[CMSG_SPACE(sizeof file)] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(head), &file, sizeof file);
    return denied(sendmsg(6, &message, 0));
}

/* The host's process. */
static int a_ptrace(const char *target) {
    (void)target;
    return denied(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}
static int a_signal(const char *target) { (void)target; return denied(kill(getppid(), SIGKILL)); }
static int a_signal_everybody(const char *target) { (void)target; return denied(kill(-1, SIGTERM)); }
static int a_signal_thread(const char *target) {
    (void)target;
    return denied(syscall(SYS_tgkill, getppid(), getppid(), SIGKILL));
}
static int a_queue_signal(const char *target) {
    (void)target;
    union sigval value = {0};
    return denied(sigqueue(getppid(), SIGTERM, value));
}
static int a_pidfd(const char *target) { (void)target; return denied(syscall(SYS_pidfd_open, getppid(), 0)); }
static int a_signal_by_owner(const char *target) {
    (void)target;
    return denied(fcntl(3, F_SETOWN, getppid()));
}
static int a_host_memory(const char *target) {
    (void)target;
    char here;
    struct iovec to = {&here, 1}, from = {&here, 1};
    return denied(process_vm_readv(getppid(), &to, 1, &from, 1, 0));
}
static int a_host_memory_file(const char *target) {
    (void)target;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
    return denied(open(path, O_RDONLY | O_CLOEXEC));
}
static int a_host_environment(const char *target) { (void)target; return read_of_host("environ"); }
static int a_host_arguments(const char *target) { (void)target; return read_of_host("cmdline"); }
static int a_host_descriptors(const char *target) { (void)target; return read_of_host("fd/0"); }
static int a_host_limits(const char *target) {
    (void)target;
    struct rlimit none = {0, 0};
    return denied(prlimit(getppid(), RLIMIT_NOFILE, &none, NULL));
}

/* Files. */
static int a_read(const char *target) { return read_from(target); }
static int a_write(const char *target) { return denied(open(target, O_WRONLY | O_CLOEXEC)); }
static int a_create(const char *target) { return denied(open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); }
static int a_truncate(const char *target) { return denied(truncate(target, 0)); }
static int a_unlink(const char *target) { return denied(unlink(target)); }
static int a_rename(const char *target) {
    char other[600];
    snprintf(other, sizeof other, "%s.moved", target);
    return denied(rename(target, other));
}
static int a_link(const char *target) {
    char other[600];
    snprintf(other, sizeof other, "%s.link", target);
    return denied(link(target, other));
}
static int a_symlink(const char *target) {
    char other[600];
    snprintf(other, sizeof other, "%s.link", target);
    return denied(symlink(target, other));
}
static int a_chmod(const char *target) { return denied(chmod(target, 0777)); }
static int a_list(const char *target) { return denied(open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }
static int a_handle(const char *target) {
    (void)target;
    struct { struct file_handle head; unsigned char rest[128]; } handle = {.head.handle_bytes = 8};
    return denied(open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY));
}

/* Its own process. */
static int a_map_writable_code(const char *target) {
    (void)target;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : 0;
}
static int a_map_code(const char *target) {
    (void)target;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : 0;
}
static int a_make_code(const char *target) {
    (void)target;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : denied(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int a_load_library(const char *target) { return dlopen(target, RTLD_NOW) == NULL ? EACCES : 0; }
static int a_executable_reads(const char *target) {
    (void)target;
    return denied(personality(READ_IMPLIES_EXEC));
}
static int a_dumpable(const char *target) { (void)target; return denied(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
static int a_outlive(const char *target) { (void)target; return denied(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)); }
static int a_limits(const char *target) {
    (void)target;
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return denied(setrlimit(RLIMIT_AS, &more));
}
static int a_filter(const char *target) { (void)target; return denied(syscall(SYS_seccomp, 1, 0, NULL)); }
static int a_user(const char *target) { (void)target; return denied(setuid(65534)); }

/* The kernel. */
static int a_namespace(const char *target) { (void)target; return denied(unshare(CLONE_NEWUSER)); }
static int a_mount(const char *target) { (void)target; return denied(mount("none", "/tmp", "tmpfs", 0, NULL)); }
static int a_ring(const char *target) {
    (void)target;
    struct io_uring_params parameters = {0};
    return denied(syscall(SYS_io_uring_setup, 1, &parameters));
}
static int a_bpf(const char *target) { (void)target; return denied(syscall(SYS_bpf, 0, NULL, 0)); }
static int a_faults(const char *target) { (void)target; return denied(syscall(SYS_userfaultfd, 0)); }
static int a_keys(const char *target) { (void)target; return denied(syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }
static int a_perf(const char *target) { (void)target; return denied(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)); }
static int a_terminal(const char *target) {
    (void)target;
    char byte = '\n';
    return denied(ioctl(1, TIOCSTI, &byte));
}
static int a_old_calls(const char *target) {
    (void)target;
#ifdef __x86_64__
    /* getpid of the 32-bit interface. */
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
    return result < 0 ? (int)-result : 0;
#else
    return EPERM;
#endif
}

/* Resources. */
static int a_memory(const char *target) {
    (void)target;
    for (;;) {
        char *more = malloc(16 << 20);
        if (more == NULL) return ENOMEM;
        memset(more, 1, 16 << 20);
    }
}
static int a_memory_crash(const char *target) {
    if (a_memory(target) == ENOMEM) abort();
    return 0;
}
static int a_shared_memory(const char *target) {
    (void)target;
    for (;;) {
        size_t size = 64 << 20;
        void *more = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (more == MAP_FAILED) return errno;
        memset(more, 1, size);
    }
}
static int a_descriptors(const char *target) {
    (void)target;
    for (int count = 0; count < 100000; count++)
        if (dup(1) < 0) return errno;
    return 0;
}
static void *wait_for_ever(void *unused) {
    for (;;) pause();
    return unused;
}
static int a_threads(const char *target) {
    (void)target;
    for (int count = 0; count < 100000; count++) {
        pthread_t thread;
        int code = pthread_create(&thread, NULL, wait_for_ever, NULL);
        if (code != 0) return code;
    }
    return 0;
}

/* The memory of the batch, which this process may only read; the page of it that `batch_bytes` lies in. */
static const uint8_t *batch_bytes;
static void *batch_page(void) { return (void *)((uintptr_t)batch_bytes & ~(uintptr_t)4095); }

static int a_batch_protection(const char *target) {
    (void)target;
    return denied(mprotect(batch_page(), 4096, PROT_READ | PROT_WRITE));
}
static int a_batch_hole(const char *target) {
    (void)target;
    return denied(madvise(batch_page(), 4096, MADV_REMOVE));
}
static int a_batch_file(const char *target) {
    (void)target;
    unsigned long page = (unsigned long)batch_page(), first, last;
    char line[600], path[80];
    FILE *maps = fopen("/proc/self/maps", "r");
    if (maps == NULL) return errno;
    int result = ENOENT;
    while (result == ENOENT && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx", &first, &last) != 2 || page < first || page >= last) continue;
        snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", first, last);
        result = denied(open(path, O_RDWR | O_CLOEXEC));
    }
    fclose(maps);
    return result;
}
/* Any descriptor that is left of it: 0 when one is. */
static int a_batch_descriptor(const char *target) {
    (void)target;
    struct stat status;
    for (int number = 0; number < 256; number++) {
        void *page = fstat(number, &status) != 0 || status.st_size != 96 << 20
                         ? MAP_FAILED
                         : mmap(NULL, 4096, PROT_READ, MAP_SHARED, number, 0);
        if (page != MAP_FAILED) return 0;
    }
    return EBADF;
}
static int a_batch_unmap(const char *target) {
    (void)target;
    return denied(munmap(batch_page(), 4096));
}

static const struct {
    const char *name;
    int (*make)(const char *target);
} attacks[] = {
    {"fork", a_fork}, {"clone", a_vfork}, {"exec", a_exec}, {"spawn", a_spawn},
    {"tcp", a_tcp}, {"udp", a_udp}, {"unix", a_unix}, {"netlink", a_netlink},
    {"send-descriptor", a_send_descriptor}, {"ptrace", a_ptrace}, {"signal", a_signal},
    {"signal-everybody", a_signal_everybody}, {"signal-thread", a_signal_thread},
    {"queue-signal", a_queue_signal}, {"pidfd", a_pidfd}, {"signal-by-owner", a_signal_by_owner},
    {"host-memory", a_host_memory}, {"host-memory-file", a_host_memory_file},
    {"host-environment", a_host_environment}, {"host-arguments", a_host_arguments},
    {"host-descriptors", a_host_descriptors}, {"host-limits", a_host_limits},
    {"read", a_read}, {"write", a_write}, {"create", a_create}, {"truncate", a_truncate},
    {"unlink", a_unlink}, {"rename", a_rename}, {"link", a_link}, {"symlink", a_symlink},
    {"chmod", a_chmod}, {"list", a_list}, {"handle", a_handle},
    {"map-writable-code", a_map_writable_code}, {"map-code", a_map_code}, {"make-code", a_make_code},
    {"load-library", a_load_library}, {"executable-reads", a_executable_reads},
    {"dumpable", a_dumpable}, {"outlive", a_outlive}, {"limits", a_limits}, {"filter", a_filter},
    {"user", a_user}, {"namespace", a_namespace}, {"mount", a_mount}, {"ring", a_ring},
    {"bpf", a_bpf}, {"faults", a_faults}, {"keys", a_keys}, {"perf", a_perf},
    {"terminal", a_terminal}, {"old-calls", a_old_calls}, {"memory", a_memory},
    {"memory-crash", a_memory_crash}, {"shared-memory", a_shared_memory},
    {"descriptors", a_descriptors}, {"threads", a_threads},
    {"batch-protection", a_batch_protection}, {"batch-hole", a_batch_hole},
    {"batch-file", a_batch_file}, {"batch-descriptor", a_batch_descriptor},
    {"batch-unmap", a_batch_unmap},
};

/* What became of it; -1 for an attack of no known name. */
static int attempt(const hostile *self) {
    if (strcmp(self->attack, "none") == 0) return 0;
    if (strcmp(self->attack, "constructor") == 0) return constructor_result;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        if (strcmp(self->attack, attacks[i].name) == 0) return attacks[i].make(self->target);
    return -1;
}

/* Copies the text of `"key":"text"`; knows no escapes. */
static void text_setting(destination_span json, const char *key, char *out, size_t room) {
    char quoted[64], whole[4096];
    size_t length = json.length < sizeof whole - 1 ? json.length : sizeof whole - 1;
    memcpy(whole, json.data, length);
    whole[length] = 0;
    snprintf(quoted, sizeof quoted, "\"%s\":\"", key);
    out[0] = 0;
    char *start = strstr(whole, quoted);
    if (start == NULL) return;
    start += strlen(quoted);
    char *end = strchr(start, '"');
    if (end == NULL || (size_t)(end - start) >= room) return;
    memcpy(out, start, (size_t)(end - start));
    out[end - start] = 0;
}

static int32_t create(const destination_adapter *adapter, const destination_host *host,
                      void **instance, destination_text *problem) {
    (void)adapter, (void)problem;
    hostile *self = calloc(1, sizeof *self);
    if (self == NULL) return DESTINATION_FAILED;
    self->host = host;
    *instance = self;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration,
                         destination_text *problem) {
    (void)problem;
    hostile *self = instance;
    text_setting(configuration->settings, "attack", self->attack, sizeof self->attack);
    text_setting(configuration->settings, "target", self->target, sizeof self->target);
    return DESTINATION_OK;
}

static int32_t start(void *instance, destination_text *problem) {
    (void)instance, (void)problem;
    return DESTINATION_OK;
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    hostile *self = instance;
    batch_bytes = batch->ndjson.data;
    int result = attempt(self);
    char text[64];
    int length = snprintf(text, sizeof text, "denied: errno %d", result);
    for (uint32_t i = 0; i < batch->event_count; i++) {
        destination_result *each = (void *)((uint8_t *)results + (size_t)i * batch->result_stride);
        each->outcome = result == 0 ? DESTINATION_OUTCOME_DELIVERED : DESTINATION_OUTCOME_REJECTED;
        if (result != 0)
            self->host->detail(self->host, batch->call_token, i,
                               (destination_span){(const uint8_t *)text, (size_t)length});
    }
}

static int32_t flush(void *instance, uint64_t deadline, destination_text *problem) {
    (void)instance, (void)deadline, (void)problem;
    return DESTINATION_OK;
}

static void cancel(void *instance, uint64_t token) { (void)instance, (void)token; }

/* A thread that goes on after stop: it ends with the process, however long it would like to live. */
static void stop(void *instance, uint64_t deadline) {
    (void)deadline;
    hostile *self = instance;
    pthread_t thread;
    if (strcmp(self->attack, "none") == 0) pthread_create(&thread, NULL, wait_for_ever, NULL);
}

static void destroy(void *instance) { free(instance); }

static const void *extension(const destination_adapter *adapter, destination_span id) {
    (void)adapter, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT("org.sealpost.test.hostile"),
    .version = TEXT("1.0.0"),
    .display_name = TEXT("Hostile (test)"),
    .settings_schema = TEXT("{\"type\":\"object\",\"properties\":{\"attack\":{\"type\":\"string\"},"
                            "\"target\":{\"type\":\"string\"}}}"),
    .max_concurrency = 1,
    .max_batch_events = 100,
};

static const destination_adapter table = {
    .magic = DESTINATION_ADAPTER_MAGIC,
    .struct_size = sizeof(destination_adapter),
    .abi_major = DESTINATION_ABI_MAJOR,
    .abi_minor = DESTINATION_ABI_MINOR,
    .descriptor = &descriptor,
    .create = create,
    .configure = configure,
    .start = start,
    .deliver = deliver,
    .flush = flush,
    .cancel = cancel,
    .stop = stop,
    .destroy = destroy,
    .extension = extension,
};

const destination_adapter *destination_adapter_entry(uint32_t host_abi_major,
                                                     uint32_t host_abi_minor) {
    (void)host_abi_minor;
    return host_abi_major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
