/* The processor's own instructions for CRC-32C (Castagnoli), which Swift has no names for. Any thread. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this processor has them: SSE4.2 on x86-64, the CRC extension on AArch64. Where not, the others do nothing. */
bool crc32c_has_instructions(void);

/* The state behind `count` more bytes; a state is a checksum with all its bits turned. */
uint32_t crc32c_update(uint32_t state, const uint8_t *bytes, size_t count);

/*
 * Three lanes of `lane` bytes, one behind the other, each with a state of its own: an instruction waits three cycles for
 * the one before it in its lane, and so two others run meanwhile. `lane` is a multiple of 8.
 */
void crc32c_update_three(uint32_t states[3], const uint8_t *bytes, size_t lane);

#endif
