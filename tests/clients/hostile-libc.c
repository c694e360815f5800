/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Stands before the C library of a program that is started with LD_PRELOAD: a clock that jumps, names
 * that no name server has, connections that are reset at a bad moment, and a look at the main loop.
 *
 * The file that HOSTILE_LIBC names holds three numbers of eight bytes: by how many microseconds the wall
 * clock is ahead, which may be changed at any time; for how many the main thread computed at most
 * between one poll() and the next; and how many pass, which may be changed at any time, between a look
 * at a socket that is fine and what is done next. Of names in .test,
 *
 *   …fine.test    is 127.0.0.1,
 *   …slow.test    is that, too, after a third of a second,
 *   …many.test    is 127.0.0.66, 127.0.0.67, and 127.0.0.1,
 *   …gone.test    is not known,
 *   …silent.test  keeps who asks for it waiting for a minute.
 */

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))
#define SECOND_US 1000000

typedef struct
{
  int64_t ahead_us;
  int64_t longest_us;
  int64_t pause_us;
} Shared;

static volatile Shared *shared;

__attribute__ ((constructor)) static void
share (void)
{
  const char *path = getenv ("HOSTILE_LIBC");
  int fd = path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
  void *memory;

  if (fd < 0)
    return;

  memory = mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (memory != MAP_FAILED)
    shared = memory;
}

/* Sockets */

EXPORT int
getsockopt (int fd, int level, int name, void *value, socklen_t *length)
{
  static int (*real) (int, int, int, void *, socklen_t *);
  int result;

  if (real == NULL)
    real = (int (*) (int, int, int, void *, socklen_t *)) dlsym (RTLD_NEXT, "getsockopt");

  result = real (fd, level, name, value, length);
  if (shared != NULL && shared->pause_us > 0 && level == SOL_SOCKET && name == SO_ERROR)
    usleep (shared->pause_us);

  return result;
}

/* The clock */

EXPORT int
clock_gettime (clockid_t id, struct timespec *time)
{
  static int (*real) (clockid_t, struct timespec *);
  int64_t us;

  if (real == NULL)
    real = (int (*) (clockid_t, struct timespec *)) dlsym (RTLD_NEXT, "clock_gettime");
  if (real (id, time) < 0)
    return -1;

  if (shared != NULL && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI))
    {
      us = time->tv_sec * SECOND_US + time->tv_nsec / 1000 + shared->ahead_us;
      time->tv_sec = us / SECOND_US;
      time->tv_nsec = us % SECOND_US * 1000 + time->tv_nsec % 1000;
    }

  return 0;
}

EXPORT int
gettimeofday (struct timeval *time, void *zone)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;

  return 0;
}

EXPORT time_t
time (time_t *time)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (time != NULL)
    *time = now.tv_sec;

  return now.tv_sec;
}

/* The main loop */

static int64_t
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

EXPORT int
poll (struct pollfd *fds, nfds_t n, int timeout)
{
  static int (*real) (struct pollfd *, nfds_t, int);
  static int64_t began_us;
  int ready;

  if (real == NULL)
    real = (int (*) (struct pollfd *, nfds_t, int)) dlsym (RTLD_NEXT, "poll");
  if (shared == NULL || gettid () != getpid ())
    return real (fds, n, timeout);

  if (began_us != 0 && get_cpu_us () - began_us > shared->longest_us)
    shared->longest_us = get_cpu_us () - began_us;
  ready = real (fds, n, timeout);
  began_us = get_cpu_us ();

  return ready;
}

/* Names */

static int
is_in (const char *name, const char *domain)
{
  const size_t length = strlen (name), domain_length = strlen (domain);

  return length >= domain_length && strcmp (name + length - domain_length, domain) == 0;
}

EXPORT int
getaddrinfo (const char *name,
             const char *service,
             const struct addrinfo *hints,
             struct addrinfo **found)
{
  static int (*real) (const char *, const char *, const struct addrinfo *, struct addrinfo **);
  static const char *const many[] = { "127.0.0.66", "127.0.0.67", "127.0.0.1" };
  struct addrinfo **end = found;
  int status = 0;

  if (real == NULL)
    real = (int (*) (const char *, const char *, const struct addrinfo *, struct addrinfo **)) dlsym (
      RTLD_NEXT, "getaddrinfo");
  if (name == NULL || !is_in (name, ".test"))
    return real (name, service, hints, found);

  if (is_in (name, "silent.test"))
    {
      sleep (60);
      return EAI_AGAIN;
    }
  if (is_in (name, "gone.test") || (hints != NULL && hints->ai_family == AF_INET6))
    return EAI_NONAME;
  if (is_in (name, "slow.test"))
    usleep (SECOND_US / 3);
  if (!is_in (name, "many.test"))
    return real ("127.0.0.1", service, hints, found);

  for (size_t i = 0; i < sizeof many / sizeof many[0] && status == 0; i++)
    {
      status = real (many[i], service, hints, end);
      while (status == 0 && *end != NULL)
        end = &(*end)->ai_next;
    }

  return status;
}
