# ctest label `afl`: AFL++ runs a target with our mutator and finds a planted bug.

# mapfuzz_afl_test(NAME CASE EXE CLI ARGUMENTS...)
function(mapfuzz_afl_test name case exe cli)
  set(test ${MAPFUZZ_TEST_PREFIX}afl.${name})
  add_test(NAME ${test}
    COMMAND ${MAPFUZZ_PYTHON} ${afl_dir}/check.py ${case} --program $<TARGET_FILE:${exe}>
            --mutator $<TARGET_FILE:mapfuzz_afl_mutator> --cli $<TARGET_FILE:${cli}>
            --work ${CMAKE_CURRENT_BINARY_DIR}/afl_test/${name} ${ARGN})
  set_tests_properties(${test} PROPERTIES LABELS afl TIMEOUT 300)
  set_target_properties(${exe} mapfuzz_afl_mutator PROPERTIES EXCLUDE_FROM_ALL OFF)
  add_dependencies(afl_tests ${exe} ${cli} mapfuzz_afl_mutator)
endfunction()

mapfuzz_afl_test(RunsWithOurMutator grows ops_u64_afl mapfuzz)
mapfuzz_afl_test(NoticesAMissingMutator notices-a-missing-mutator ops_u64_afl mapfuzz)
mapfuzz_afl_test(IsGuidedByStates guides ops_u64_afl mapfuzz)
mapfuzz_afl_test(FindsACanary finds canary_rest-early_afl canary_rest-early_mapfuzz --clause I5)
# Found in some 200 runs. A mutator that does not know the target writes no threads: bytes alone do,
# and take 5,000.
mapfuzz_afl_test(FindsACanaryOfThreads finds canary_step-unchecked_afl
                 canary_step-unchecked_mapfuzz --clause interleave.check --target interleave
                 --runs 2000)
mapfuzz_afl_test(TellsSeedsThatFail tells-seeds canary_rest-early_afl canary_rest-early_mapfuzz
                 --clause I5)

set(test ${MAPFUZZ_TEST_PREFIX}afl.python_test)
add_test(NAME ${test} COMMAND ${MAPFUZZ_PYTHON} -B -m unittest run_test
         WORKING_DIRECTORY ${afl_dir})
set_tests_properties(${test} PROPERTIES LABELS unit TIMEOUT 60)
