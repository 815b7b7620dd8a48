/* Traps as soon as it is mapped, before any function of it is called. */
#include "destination_adapter.h"

DESTINATION_NOTE("org.sealpost.test.constructor-crash", "1.0.0")

__attribute__((constructor)) static void trap(void) { __builtin_trap(); }

const destination_adapter *destination_adapter_entry(uint32_t host_abi_major,
                                                     uint32_t host_abi_minor) {
    (void)host_abi_major, (void)host_abi_minor;
    return NULL;
}
