// What compiler-rt gives to a program that libFuzzer and AddressSanitizer are linked into; not every toolchain has its headers.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t count));
void __asan_poison_memory_region(const volatile void *start, size_t count);
