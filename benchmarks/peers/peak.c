/* Independent chains of multiply-adds that never leave the registers: the most arithmetic one core can do. */

#if defined(__AVX512F__)
enum { width = 64 };
#elif defined(__AVX__)
enum { width = 32 };
#else
enum { width = 16 };
#endif

/* Two units with a latency of four or five steps need ten chains; sixteen registers hold twelve and the operands. */
enum { chains = 12 };

typedef float lanes __attribute__((vector_size(width)));

double operations(long repetitions) {
    return 2.0 * chains * (width / sizeof(float)) * (double)repetitions;
}

float multiply_add(long repetitions, float factor, float addend) {
    lanes sums[chains];
    for (int chain = 0; chain < chains; ++chain) sums[chain] = (lanes){0} + (float)chain;
    for (long i = 0; i < repetitions; ++i)
        for (int chain = 0; chain < chains; ++chain) sums[chain] = sums[chain] * factor + addend;
    float total = 0;
    for (int chain = 0; chain < chains; ++chain) total += sums[chain][0];
    return total;
}
