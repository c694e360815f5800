/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "probe/lb-deadline-heap.h"

/**
 * BenchWatch:
 *
 * A descriptor, embedded in what it belongs to, and what to do when it is ready.
 */
typedef struct _BenchWatch BenchWatch;
struct _BenchWatch
{
  int fd;
  void (*ready) (BenchWatch *watch);
};

/**
 * BenchTimer:
 *
 * A moment, embedded in what is due then.
 */
typedef struct _BenchTimer BenchTimer;
struct _BenchTimer
{
  LbDeadline deadline; /* the first member */
  void (*due) (BenchTimer *timer);
};

/**
 * BenchReactor:
 *
 * Waits for many descriptors and moments at once. It does what a main loop does, but with thousands of
 * connections a second it must not be what is measured.
 */
typedef struct
{
  int epoll_fd;
  LbDeadlineHeap heap;
} BenchReactor;

void bench_reactor_init    (BenchReactor *self);
void bench_reactor_clear   (BenchReactor *self);
void bench_reactor_watch   (BenchReactor *self,
                            BenchWatch   *watch,
                            guint32       events);
void bench_reactor_close   (BenchWatch   *watch);
void bench_reactor_turn    (BenchReactor *self);
