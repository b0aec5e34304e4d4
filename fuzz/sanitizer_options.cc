// The sanitizers' options of everything we link: targets, replay, tests, CLI. *_OPTIONS in the
// environment still override them.
//
// exitcode=77 tells a report from an ordinary exit 1; libFuzzer uses the same for a failed oracle.
// halt_on_error matters to TSan most: without it libFuzzer saves the input after the racing one.
// report_signal_unsafe=0 keeps TSan from burying an oracle's report under pages about abort().
// detect_stack_use_after_return=0: nothing here keeps the address of a local, and the check takes
// more than a third of the time of a fuzz run.

extern "C" {
[[gnu::used]] const char* __asan_default_options();
[[gnu::used]] const char* __ubsan_default_options();
[[gnu::used]] const char* __tsan_default_options();
[[gnu::used]] const char* __msan_default_options();
}

const char* __asan_default_options() {
  return "exitcode=77:halt_on_error=1:detect_leaks=1:allocator_may_return_null=0:"
         "detect_stack_use_after_return=0";
}

const char* __ubsan_default_options() { return "exitcode=77:halt_on_error=1:print_stacktrace=1"; }

const char* __tsan_default_options() {
  return "exitcode=77:halt_on_error=1:report_signal_unsafe=0";
}

const char* __msan_default_options() { return "exitcode=77:halt_on_error=1"; }
