/* A program for the HECI device by nothing but the kernel's public interface: linux/mei.h, read, write, sysfs.
 *
 *   client facts   asks AMTHI what it knows of itself, and prints it as one JSON object
 *   client rows    goes through the behaviour of the mei driver, and prints one JSON object, a key a row
 *   client wait    connects, says "waiting", reads, and prints what came of it and of what it tries afterwards
 *   client trip N  N exchanges of GetProvisioningState, and prints the microseconds of one
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mei.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kHeader = 12, kMax = 8192, kThreads = 8, kExchanges = 200 };
enum {
  kProvisioningMode = 0x04000008,
  kProvisioningState = 0x04000011,
  kCodeVersions = 0x0400001A,
  kMacAddresses = 0x04000025,
  kHashHandles = 0x0400002C,
  kHashEntry = 0x0400002D
};

static const unsigned char kAmthi[16] = {0x28, 0x00, 0xF8, 0x12, 0xB7, 0xB4, 0x2D, 0x4B,
                                         0xAC, 0xA8, 0x46, 0xE0, 0xFF, 0x65, 0x81, 0x4C};
static const unsigned char kUnknown[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static uint32_t le32(const unsigned char* at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static unsigned le16(const unsigned char* at) {
  return at[0] | (unsigned)at[1] << 8;
}
static void put32(unsigned char* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = (unsigned char)(value >> 8 * i);
}

static void die(const char* what) {
  fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int openDevice(int flags) {
  int fd = open("/dev/mei0", O_RDWR | flags);
  if (fd < 0 && errno == ENOENT) fd = open("/dev/mei", O_RDWR | flags);
  return fd;
}

static int connectTo(int fd, const unsigned char* client, struct mei_client* properties) {
  struct mei_connect_client_data data;
  memcpy(&data.in_client_uuid, client, 16);
  int done = ioctl(fd, IOCTL_MEI_CONNECT_CLIENT, &data);
  if (done == 0 && properties) *properties = data.out_client_properties;
  return done;
}

static int amthi(int flags) {
  int fd = openDevice(flags);
  if (fd < 0) die("open");
  if (connectTo(fd, kAmthi, NULL) < 0) die("connect");
  return fd;
}

static size_t request(unsigned char* into, uint32_t command, const void* data, uint32_t size) {
  memset(into, 0, kHeader);
  into[0] = into[1] = 1;
  put32(into + 4, command);
  put32(into + 8, size);
  if (size > 0) memcpy(into + kHeader, data, size);
  return kHeader + size;
}

/* The answer's status; its data is in `into` then, and its size in `*size`. */
static uint32_t ask(int fd, uint32_t command, const void* data, uint32_t dataSize, unsigned char* into, size_t* size) {
  unsigned char message[kMax];
  size_t length = request(message, command, data, dataSize);
  if (write(fd, message, length) != (ssize_t)length) die("write");
  ssize_t got = read(fd, message, sizeof message);
  if (got < 0) die("read");
  if (got < kHeader + 4 || le32(message + 4) != (command | 0x00800000U) ||
      le32(message + 8) + kHeader != (uint32_t)got) {
    fprintf(stderr, "client: no answer to %08x, but %zd bytes\n", command, got);
    exit(1);
  }
  *size = (size_t)got - kHeader - 4;
  memcpy(into, message + kHeader + 4, *size);
  return le32(message + kHeader);
}

static void printHex(const unsigned char* bytes, size_t size) {
  putchar('"');
  for (size_t i = 0; i < size; ++i) printf("%02x", bytes[i]);
  putchar('"');
}

static void printVersions(int fd) {
  unsigned char data[kMax];
  size_t size;
  if (ask(fd, kCodeVersions, NULL, 0, data, &size) != 0) die("GetCodeVersions");
  printf("\"bios\": \"%s\", \"versions\": {", (char*)data);
  uint32_t count = le32(data + 65);
  for (uint32_t i = 0; i < count; ++i) {
    const unsigned char* entry = data + 69 + 44 * i;
    printf("%s\"%.20s\": \"%.20s\"", i ? ", " : "", (char*)entry + 2, (char*)entry + 24);
  }
  printf("}, ");
}

static void printHashes(int fd) {
  unsigned char handles[kMax], data[kMax];
  size_t size;
  uint32_t status = ask(fd, kHashHandles, NULL, 0, handles, &size);
  printf("\"hash_status\": %u, \"hashes\": [", status);
  for (uint32_t i = 0; status == 0 && i < le32(handles); ++i) {
    if (ask(fd, kHashEntry, handles + 4 + 4 * i, 4, data, &size) != 0) die("GetCertificateHashEntry");
    static const size_t kSizes[] = {16, 20, 32, 48};
    printf("%s{\"default\": %u, \"active\": %u, \"algorithm\": %u, \"name\": \"%.*s\", \"hash\": ", i ? ", " : "",
           le32(data), le32(data + 4), data[72], (int)le16(data + 73), (char*)data + 75);
    printHex(data + 8, kSizes[data[72] & 3]);
    putchar('}');
  }
  printf("], ");
}

static void printFile(const char* key, const char* path) {
  char text[256] = "";
  int fd = open(path, O_RDONLY);
  if (fd >= 0 && read(fd, text, sizeof text - 1) >= 0) text[strcspn(text, "\n")] = 0;
  printf("\"%s\": \"%s\"", key, fd >= 0 ? text : strerror(errno));
  if (fd >= 0) close(fd);
}

static int facts(void) {
  unsigned char data[kMax];
  size_t size;
  int fd = amthi(O_CLOEXEC);
  putchar('{');
  printVersions(fd);
  if (ask(fd, kProvisioningMode, NULL, 0, data, &size) != 0) die("GetProvisioningMode");
  printf("\"mode\": %u, ", le32(data));
  if (ask(fd, kProvisioningState, NULL, 0, data, &size) != 0) die("GetProvisioningState");
  printf("\"state\": %u, ", le32(data));
  if (ask(fd, kMacAddresses, NULL, 0, data, &size) != 0) die("GetMacAddresses");
  printf("\"dedicated\": ");
  printHex(data, 6);
  printf(", \"host\": ");
  printHex(data + 6, 6);
  printf(", ");
  printHashes(fd);
  printFile("fw_ver", "/sys/class/mei/mei0/fw_ver");
  printf("}\n");
  return 0;
}

/* Rows: what each is called, and whether it was as the mei driver does it. */

static int rows = 0, failed = 0;
static void row(const char* name, int held, const char* seen) {
  printf("%s\"%s\": \"%s\"", rows++ ? ", " : "{", name, held ? "ok" : seen);
  if (!held) ++failed;
}
static void outcome(const char* name, long got, long wanted, int wantedErrno) {
  char seen[100];
  snprintf(seen, sizeof seen, "%ld, errno %d", got, got < 0 ? errno : 0);
  row(name, got == wanted && (got >= 0 || errno == wantedErrno), seen);
}

static size_t stateRequest(unsigned char* into) {
  return request(into, kProvisioningState, NULL, 0);
}
static int isStateAnswer(const unsigned char* bytes, ssize_t size) {
  return size == kHeader + 8 && le32(bytes + 4) == (kProvisioningState | 0x00800000U);
}

static void* exchangeMany(void* argument) {
  intptr_t wrong = 0;
  (void)argument;
  int fd = openDevice(0);
  if (fd < 0 || connectTo(fd, kAmthi, NULL) < 0) return (void*)(intptr_t)kExchanges;
  for (int i = 0; i < kExchanges; ++i) {
    unsigned char message[kMax];
    /* Each exchange asks for another thing, so that an answer of another thread would be seen. */
    uint32_t command = i % 2 ? kProvisioningState : kProvisioningMode;
    size_t length = request(message, command, NULL, 0);
    if (write(fd, message, length) != (ssize_t)length) ++wrong;
    ssize_t got = read(fd, message, sizeof message);
    if (got < kHeader || le32(message + 4) != (command | 0x00800000U)) ++wrong;
  }
  close(fd);
  return (void*)wrong;
}

static void threadRows(void) {
  pthread_t threads[kThreads];
  intptr_t wrong = 0;
  for (int i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, exchangeMany, NULL);
  for (int i = 0; i < kThreads; ++i) {
    void* one;
    pthread_join(threads[i], &one);
    wrong += (intptr_t)one;
  }
  outcome("threads", wrong, 0, 0);
}

static void pathRows(void) {
  struct stat node;
  struct statx nodex;
  outcome("stat", stat("/dev/mei0", &node), 0, 0);
  row("stat-mode", S_ISCHR(node.st_mode), "no character device");
  outcome("statx", statx(AT_FDCWD, "/dev/mei0", 0, STATX_BASIC_STATS, &nodex), 0, 0);
  row("statx-mode", S_ISCHR(nodex.stx_mode), "no character device");
  outcome("access", access("/dev/mei0", R_OK | W_OK), 0, 0);
  outcome("access-execute", access("/dev/mei0", X_OK), -1, EACCES);
  outcome("open-directory", open("/dev/mei0", O_RDONLY | O_DIRECTORY), -1, ENOTDIR);
  int folder = open("/dev", O_RDONLY | O_DIRECTORY);
  int fd = openat(folder, "mei0", O_RDWR);
  row("openat", fd >= 0, "no descriptor");
  row("fstat", fstat(fd, &node) == 0 && S_ISCHR(node.st_mode), "no character device");
  close(fd);
  close(folder);
  row("chdir", chdir("/dev") == 0 && (fd = open("./mei0", O_RDWR)) >= 0, "no descriptor");
  close(fd);
}

static void connectRows(void) {
  struct mei_client properties = {0};
  unsigned char big[5000] = {0};
  unsigned char guid[16];
  memcpy(guid, kAmthi, 16);
  uint32_t number = 1;
  int fd = openDevice(0);
  outcome("write-unconnected", write(fd, "x", 1), -1, ENODEV);
  outcome("read-unconnected", read(fd, big, 1), -1, ENODEV);
  outcome("fsync-unconnected", fsync(fd), -1, ENODEV);
  outcome("connect-unknown", connectTo(fd, kUnknown, NULL), -1, ENOTTY);
  outcome("connect-bad-pointer", ioctl(fd, IOCTL_MEI_CONNECT_CLIENT, (void*)8), -1, EFAULT);
  outcome("connect", connectTo(fd, kAmthi, &properties), 0, 0);
  outcome("longest", (long)properties.max_msg_length, 4160, 0);
  outcome("protocol", properties.protocol_version, 1, 0);
  outcome("connect-again", connectTo(fd, kAmthi, NULL), -1, EBUSY);
  outcome("notify", ioctl(fd, IOCTL_MEI_NOTIFY_SET, &number), -1, EOPNOTSUPP);
  outcome("other-ioctl", ioctl(fd, _IO('H', 0x7F)), -1, ENOTTY);
  outcome("write-too-long", write(fd, big, 4161), -1, EFBIG);
  outcome("write-nothing", write(fd, big, 0), 0, 0);
  outcome("fsync", fsync(fd), 0, 0);
  outcome("close", close(fd), 0, 0);
}

static void waitRows(void) {
  unsigned char message[kMax];
  size_t length = stateRequest(message);
  int fd = amthi(0);
  struct pollfd waiting = {.fd = fd, .events = POLLIN | POLLOUT};
  outcome("poll-writable", poll(&waiting, 1, 5000), 1, 0);
  row("poll-nothing-yet", waiting.revents == POLLOUT, "readable");
  waiting.events = POLLIN;
  outcome("write", write(fd, message, length), (long)length, 0);
  outcome("poll", poll(&waiting, 1, 5000), 1, 0);
  outcome("read", read(fd, message, sizeof message), kHeader + 8, 0);

  length = stateRequest(message);
  outcome("write-for-select", write(fd, message, length), (long)length, 0);
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(fd, &readable);
  struct timeval patience = {.tv_sec = 5};
  outcome("select", select(fd + 1, &readable, NULL, NULL, &patience), 1, 0);
  outcome("read-after-select", read(fd, message, sizeof message), kHeader + 8, 0);

  int set = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  outcome("epoll-add", epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0, 0);
  length = stateRequest(message);
  outcome("write-for-epoll", write(fd, message, length), (long)length, 0);
  outcome("epoll", epoll_wait(set, &event, 1, 5000), 1, 0);
  outcome("read-after-epoll", read(fd, message, sizeof message), kHeader + 8, 0);
  close(set);

  fcntl(fd, F_SETFL, O_NONBLOCK);
  outcome("read-nonblocking", read(fd, message, sizeof message), -1, EAGAIN);
  close(fd);
}

static void pieceRows(void) {
  unsigned char message[kMax], first[4], second[100];
  size_t length = stateRequest(message);
  int fd = amthi(0);
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  outcome("write-for-pieces", write(fd, message, length), (long)length, 0);
  outcome("read-head", read(fd, message, kHeader), kHeader, 0);
  outcome("poll-rest", poll(&waiting, 1, 5000), 1, 0);
  outcome("read-rest", read(fd, message + kHeader, sizeof message - kHeader), 8, 0);
  row("pieces", isStateAnswer(message, kHeader + 8), "other bytes");

  length = stateRequest(message);
  struct iovec out[2] = {{message, 5}, {message + 5, length - 5}};
  outcome("writev", writev(fd, out, 2), (long)length, 0);
  outcome("poll-for-pieces", poll(&waiting, 1, 5000), 1, 0);
  outcome("read-queued-head", read(fd, message, 3), 3, 0);
  struct iovec in[2] = {{first, sizeof first}, {second, sizeof second}};
  outcome("readv", readv(fd, in, 2), kHeader + 8 - 3, 0);
  memcpy(message + 3, first, sizeof first);
  memcpy(message + 3 + sizeof first, second, kHeader + 8 - 3 - sizeof first);
  row("queued-pieces", isStateAnswer(message, kHeader + 8), "other bytes");
  outcome("pread", pread(fd, message, 1, 0), -1, ESPIPE);
  close(fd);
}

static void onAlarm(int number) {
  (void)number;
}

static void signalRows(void) {
  unsigned char message[kMax];
  struct sigaction action = {.sa_handler = onAlarm};
  struct itimerval soon = {.it_value = {.tv_usec = 100000}};
  sigaction(SIGALRM, &action, NULL);
  int fd = amthi(0);
  setitimer(ITIMER_REAL, &soon, NULL);
  outcome("read-interrupted", read(fd, message, sizeof message), -1, EINTR);
  setitimer(ITIMER_REAL, &soon, NULL);
  outcome("short-read-interrupted", read(fd, message, kHeader), -1, EINTR);
  size_t length = stateRequest(message);
  outcome("write-after-signal", write(fd, message, length), (long)length, 0);
  outcome("read-after-signal", read(fd, message, sizeof message), kHeader + 8, 0);
  close(fd);
}

static void copyRows(void) {
  unsigned char message[kMax];
  int fd = amthi(0);
  int copy = dup(fd);
  size_t length = stateRequest(message);
  outcome("write-dup", write(copy, message, length), (long)length, 0);
  outcome("close-original", close(fd), 0, 0);
  outcome("read-dup", read(copy, message, sizeof message), kHeader + 8, 0);
  pid_t child = fork();
  if (child == 0) {
    length = stateRequest(message);
    int whole = write(copy, message, length) == (ssize_t)length;
    _exit(whole && isStateAnswer(message, read(copy, message, sizeof message)) ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  outcome("fork", status, 0, 0);
  int other = amthi(0);
  length = stateRequest(message);
  outcome("write-second-file", write(other, message, length), (long)length, 0);
  outcome("read-second-file", read(other, message, sizeof message), kHeader + 8, 0);
  close(copy);
  close(other);
}

static int allRows(void) {
  pathRows();
  connectRows();
  waitRows();
  pieceRows();
  signalRows();
  copyRows();
  threadRows();
  printf("}\n");
  return failed > 0;
}

static int waitForReset(void) {
  unsigned char message[kMax];
  int fd = amthi(0);
  printf("waiting\n");
  fflush(stdout);
  rows = 0;
  /* A wait ends with nothing; a read that only comes after the reset is refused. */
  ssize_t got = read(fd, message, sizeof message);
  row("read", got == 0 || (got < 0 && errno == ENODEV), "neither its end nor ENODEV");
  outcome("read-again", read(fd, message, sizeof message), -1, ENODEV);
  outcome("write", write(fd, message, 1), -1, ENODEV);
  outcome("connect", connectTo(fd, kAmthi, NULL), -1, ENODEV);
  printf("}\n");
  return failed > 0;
}

static int trip(int count) {
  unsigned char message[kMax];
  struct timespec begin, end;
  int fd = amthi(0);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < count; ++i) {
    size_t length = stateRequest(message);
    if (write(fd, message, length) != (ssize_t)length) die("write");
    if (!isStateAnswer(message, read(fd, message, sizeof message))) die("read");
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double us = (double)(end.tv_sec - begin.tv_sec) * 1e6 + (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
  printf("%.2f\n", us / count);
  return 0;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "facts";
  if (strcmp(what, "facts") == 0) return facts();
  if (strcmp(what, "rows") == 0) return allRows();
  if (strcmp(what, "wait") == 0) return waitForReset();
  if (strcmp(what, "trip") == 0 && argc > 2) return trip(atoi(argv[2]));
  fprintf(stderr, "client: facts, rows, wait or trip N\n");
  return 2;
}
