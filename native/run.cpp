#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine.hpp"
#include "lateness.hpp"
#include "workspace.hpp"

namespace tidegate {

namespace {

void require(bool held, const char* what) {
    if (!held) throw std::invalid_argument(what);
}

template <class T>
void check(const Call<T>& call) {
    require(call.steps >= 0 && call.batch >= 0 && call.features >= 0, "sizes must not be negative");
    require(call.units >= 1 && call.outputs >= 1, "a layer needs at least one unit");
    require(call.kind >= Kind::rnn_tanh && call.kind <= Kind::lstm, "unknown kind of recurrence");
    require(!call.sizes || !call.lengths, "lengths and sizes say the same thing: give one of them");
    require(call.projection || call.outputs == call.units, "outputs differ from units, but there is no projection");
    require(!call.projection || (call.kind == Kind::lstm && call.outputs <= call.units), "only an LSTM projects, and not up");
    require(call.recurrent_weights && (call.input_weights || call.features == 0), "weights are missing");
    const bool empty = call.steps == 0 || call.batch == 0;
    require(empty || call.features == 0 || call.x.data, "the input is missing");
}

// Longest rows first; rows of equal length stay in the order of the batch.
class Order {
public:
    template <class T>
    explicit Order(const Call<T>& call) : words_(3 * call.batch + call.steps + 2) {
        Index *length = words_.data(), *order = length + call.batch, *given = order + call.batch, *offset = given + call.batch;
        std::fill(given, given + call.batch, call.steps);
        if (call.sizes)
            lengths_of_sizes(call.sizes, call.steps, call.batch, given);
        else if (call.lengths)
            std::copy(call.lengths, call.lengths + call.batch, given);
        std::iota(order, order + call.batch, Index{0});
        if (call.lengths) {
            require(std::all_of(given, given + call.batch, [&](Index l) { return l >= 0 && l <= call.steps; }),
                    "a length is negative or beyond the last step");
            std::stable_sort(order, order + call.batch, [&](Index a, Index b) { return given[a] > given[b]; });
        }
        for (Index slot = 0; slot < call.batch; ++slot) length[slot] = given[order[slot]];
        const Index steps = call.batch ? length[0] : 0;
        offset[0] = 0;
        Index running = call.batch;
        for (Index step = 0; step < steps; ++step) {
            while (length[running - 1] <= step) --running;
            offset[step + 1] = offset[step] + running;
        }
        schedule = {steps, order, length, offset, call.reverse != 0, call.sizes != nullptr};
    }

    Schedule schedule;

private:
    static void lengths_of_sizes(const Index* sizes, Index steps, Index batch, Index* lengths) {
        for (Index step = 0; step < steps; ++step)
            require(sizes[step] >= 0 && sizes[step] <= (step ? sizes[step - 1] : batch), "sizes must not increase");
        for (Index b = 0; b < batch; ++b) {
            lengths[b] = steps;
            while (lengths[b] > 0 && sizes[lengths[b] - 1] <= b) --lengths[b];
        }
    }

    std::vector<Index> words_;
};

template <class T>
using Routine = void (*)(const Call<T>&, const Schedule&, void*, const Team&);

template <class T>
struct Job {
    const Call<T>& call;
    const Schedule& schedule;
    Routine<T> routine;
    void* memory;

    static void work(void* job, const Team& team) {
        const Job& self = *static_cast<const Job*>(job);
        self.routine(self.call, self.schedule, self.memory, team);
    }
};

// A single row is walked by one thread, unless it is wide enough that its units are divided.
template <class T>
bool divides_walk(const Call<T>& call) {
    constexpr double wide = 3e4;
    return call.batch > 1 || static_cast<double>(call.units) * static_cast<double>(call.outputs) >= wide;
}

// Multiply-adds of one step, gate and row that a team divides: where it does not divide the walk, only W x.
template <class T>
double shared_forward(const Call<T>& call) {
    const Index depth = call.features + (divides_walk(call) ? call.outputs : 0);
    return static_cast<double>(call.units) * static_cast<double>(depth);
}

// Likewise the sums over all steps. They win less than their number says: what they read lies in the cache of one core.
template <class T>
double shared_backward(const Call<T>& call) {
    constexpr double worth_of_sums = 0.25;
    const double all = static_cast<double>(call.units) * static_cast<double>(call.features + call.outputs);
    return divides_walk(call) ? all : worth_of_sums * all;
}

thread_local Index lent = 0;

// A team for a call too short to share is slower than one thread.
template <class T>
Index useful_threads(const Call<T>& call, const Schedule& schedule, double shared) {
    constexpr double worth_a_team = 3e5, in_a_nanosecond = 30;
    const double all = shared * static_cast<double>(schedule.offset[schedule.steps]);
    const Index threads = std::max(call.threads, lent);
    if (threads <= 1 || all < worth_a_team) return 1;
    const double saving = all / in_a_nanosecond * (1 - 1 / static_cast<double>(threads));
    return lateness().better_alone(clock_now(), static_cast<Nanoseconds>(saving)) ? 1 : threads;
}

template <class T>
void run(const Call<T>& call, double shared, Index (*bytes)(const Call<T>&, Index), Routine<T> routine) {
    const Order order(call);
    const Index threads = useful_threads(call, order.schedule, shared);
    Job<T> job{call, order.schedule, routine, workspace(static_cast<std::size_t>(bytes(call, threads)))};
    const Nanoseconds late = run_team(threads, Job<T>::work, &job);
    if (threads > 1) lateness().saw(clock_now(), late);
    trim_workspace();
}

}  // namespace

Index lend_threads(Index threads) noexcept { return std::exchange(lent, threads); }

template <class T>
void run_forward(const Call<T>& call) {
    check(call);
    run(call, shared_forward(call), routines<T>().forward_bytes, routines<T>().forward);
}

template <class T>
void run_backward(const Call<T>& call) {
    check(call);
    require((call.saved && call.y.data) || call.steps == 0 || call.batch == 0, "backward needs what forward saved");
    run(call, shared_backward(call), routines<T>().backward_bytes, routines<T>().backward);
}

template void run_forward(const Call<float>&);
template void run_forward(const Call<double>&);
template void run_backward(const Call<float>&);
template void run_backward(const Call<double>&);

}  // namespace tidegate
