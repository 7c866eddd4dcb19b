/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into the relay: counts what it asks of malloc. The counts live in the file that
 * COUNT_MALLOCS_FILE names (4 x 8 bytes: malloc, calloc, realloc, free), which the bench maps too,
 * so that it reads them at any moment. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum
{
  N_MALLOC,
  N_CALLOC,
  N_REALLOC,
  N_FREE,
  N_COUNTS
};

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *old, size_t size);
extern void __libc_free (void *old);
void *malloc (size_t size);
void *calloc (size_t n, size_t size);
void *realloc (void *old, size_t size);
void free (void *old);

static uint64_t before[N_COUNTS];
static uint64_t *counts = before;

__attribute__ ((constructor)) static void
share_counts (void)
{
  const char *path = getenv ("COUNT_MALLOCS_FILE");
  int fd = path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
  void *shared;

  if (fd < 0 || ftruncate (fd, sizeof before) != 0)
    return;
  shared = mmap (NULL, sizeof before, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (shared != MAP_FAILED)
    counts = shared;
}

static void
count (int what)
{
  __atomic_fetch_add (&counts[what], 1, __ATOMIC_RELAXED);
}

void *
malloc (size_t size)
{
  count (N_MALLOC);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count (N_CALLOC);
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t size)
{
  count (N_REALLOC);
  return __libc_realloc (old, size);
}

void
free (void *old)
{
  if (old != NULL)
    count (N_FREE);
  __libc_free (old);
}
