#pragma once

// Who does what: how a team divides the walk, and how long a stretch of it is worked on at once.

#include "../call.hpp"
#include "../team.hpp"
#include "panels.hpp"

namespace tidegate::TIDEGATE_ISA {

// Rough figures of a present core; only their order of magnitude matters.
inline constexpr double values_per_ns = 64, bytes_per_ns = 100, worth_a_barrier_ns = 4000;
inline constexpr Index own_cache_bytes = Index{1} << 20;

// Tiles multiply 16 rows and 32 k in one go, and weights must be laid out for them: below these sizes multiply-adds are as
// fast. Nothing here may depend on the team: tiles round differently.
inline constexpr Index least_depth_in_tiles = 64, least_units_in_tiles = 64, least_rows_in_tiles = 8;
inline constexpr Index least_uses_of_tiles = 64;
// In tiles a weight has 6 bytes: weights that come from beyond a core's own cache must serve this many rows each time.
inline constexpr Index far_bytes_in_tiles = Index{4} << 20, least_rows_of_far_tiles = 32;

// Weights [columns][depth], by which `rows` rows at a time are multiplied.
struct Product {
    Index columns, depth, rows;
};

template <class T>
bool worth_tiles(const Call<T>& call, const Product& product) {
    const bool far = product.columns * product.depth * 6 > far_bytes_in_tiles;
    return has_tiles<T> && product.depth >= least_depth_in_tiles && call.units >= least_units_in_tiles &&
           product.rows >= (far ? least_rows_of_far_tiles : least_rows_in_tiles) &&
           call.steps * call.batch >= least_uses_of_tiles;
}

// What is prepared once may serve calls of any size.
template <class T>
bool worth_packing_tiles(const Call<T>& call, const Product& product) {
    if (call.preparation == Preparation::none) return worth_tiles(call, product);
    return has_tiles<T> && product.depth >= least_depth_in_tiles && call.units >= least_units_in_tiles;
}

// Rows of the batch do not know each other, so each thread walks its own to the end and nobody waits. Only where the
// recurrent weights are too large for one core's cache, or there is a single row, the units are divided instead, and
// everybody waits for everybody after each step: worth it if a step is long.
template <class T>
bool divides_units(const Call<T>& call, Index gates, Index team) {
    const double weights = static_cast<double>(gates * call.units * call.outputs);
    const double bytes = weights * (worth_tiles(call, {gates * call.units, call.outputs, call.batch}) ? 6 : sizeof(T));
    const double work_ns = weights * static_cast<double>(call.batch) * sizeof(T) / 4 / values_per_ns;
    const double step_ns = work_ns > bytes / bytes_per_ns ? work_ns : bytes / bytes_per_ns;
    const bool rows_would_do = bytes <= own_cache_bytes && call.batch > 1;
    return team > 1 && !rows_would_do && step_ns >= worth_a_barrier_ns && parts(call.units, width<T>) >= 2 * team;
}

// Packing weights costs about as much as a dozen products of a single row.
template <class T>
bool few_steps(const Call<T>& call) {
    return call.preparation == Preparation::none && call.steps * call.batch <= 8;
}

// Slots `first`, `first + stride`, … are this thread's: longest and shortest rows are dealt out evenly.
struct Slots {
    Index first, stride;
    Index among(Index running) const { return running <= first ? 0 : parts(running - first, stride); }
    Index at(Index row) const { return first + row * stride; }
};

// The last step of the stretch that begins at `step`: about `rows` true steps of all rows together.
inline Index stretch_end(const Schedule& schedule, Index step, Index rows) {
    Index end = step + 1;
    while (end < schedule.steps && schedule.offset[end + 1] - schedule.offset[step] <= rows) ++end;
    return end;
}

// Likewise backwards: the first step of the stretch that ends before `end`.
inline Index stretch_begin(const Schedule& schedule, Index end, Index rows) {
    Index begin = end - 1;
    while (begin > 0 && schedule.offset[end] - schedule.offset[begin - 1] <= rows) --begin;
    return begin;
}

// Length of a row of compact state: whole vectors and cache lines, and never a multiple of a page, which would put all
// rows in the same few places of the cache.
template <class T>
Index compact_row(Index units) {
    constexpr Index line = 64 / static_cast<Index>(sizeof(T));
    const Index values = parts(padded<T>(units), line) * line;
    return values % (1024 / static_cast<Index>(sizeof(T))) == 0 ? values + line : values;
}

}  // namespace tidegate::TIDEGATE_ISA
