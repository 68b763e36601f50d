/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one entry point of a fuzz target, as libFuzzer names it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Always 0. A broken invariant ends the program. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
