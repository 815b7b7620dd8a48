// What `HTTPListener` uses of Linux that the module Glibc leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Declared by <sys/socket.h> for _GNU_SOURCE alone; that header itself belongs to Glibc.
struct sockaddr;
extern int accept4(int descriptor, struct sockaddr *address, unsigned *length, int flags);
