#include "checksum.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define WITH_INSTRUCTIONS __attribute__((target("sse4.2")))
#define STEP_8(state, word) ((uint32_t)_mm_crc32_u64(state, word))
#define STEP_1(state, byte) _mm_crc32_u8(state, byte)
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#define WITH_INSTRUCTIONS __attribute__((target("crc")))
#define STEP_8(state, word) __crc32cd(state, word)
#define STEP_1(state, byte) __crc32cb(state, byte)
#endif

#ifdef WITH_INSTRUCTIONS

bool crc32c_has_instructions(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("sse4.2");
#else
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#endif
}

/* Both kinds of processor read words with their lowest byte first, and at any address. */
static inline uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

WITH_INSTRUCTIONS
uint32_t crc32c_update(uint32_t state, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) state = STEP_8(state, word_at(bytes));
    for (; count > 0; bytes += 1, count -= 1) state = STEP_1(state, *bytes);
    return state;
}

WITH_INSTRUCTIONS
void crc32c_update_three(uint32_t states[3], const uint8_t *bytes, size_t lane) {
    uint32_t first = states[0], second = states[1], third = states[2];
    for (size_t at = 0; at < lane; at += 8) {
        first = STEP_8(first, word_at(bytes + at));
        second = STEP_8(second, word_at(bytes + lane + at));
        third = STEP_8(third, word_at(bytes + 2 * lane + at));
    }
    states[0] = first;
    states[1] = second;
    states[2] = third;
}

#else

bool crc32c_has_instructions(void) { return false; }

uint32_t crc32c_update(uint32_t state, const uint8_t *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return state;
}

void crc32c_update_three(uint32_t states[3], const uint8_t *bytes, size_t lane) {
    (void)states;
    (void)bytes;
    (void)lane;
}

#endif
