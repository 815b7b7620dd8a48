/* sync_file_range(2) and fallocate(2), which <fcntl.h> declares only with _GNU_SOURCE, and so Swift's Glibc module leaves them out. */
#ifndef FILE_RANGE_H
#define FILE_RANGE_H

#include <stdint.h>

/* Of its flags the one that starts the writing and waits for nothing (SYNC_FILE_RANGE_WRITE). */
static const unsigned file_range_write = 2;

int sync_file_range(int descriptor, int64_t offset, int64_t count, unsigned flags);

/* Of its modes the one that leaves the file's size as it is (FALLOC_FL_KEEP_SIZE). */
static const int allocate_keeping_size = 1;

int fallocate(int descriptor, int mode, int64_t offset, int64_t count);

#endif
