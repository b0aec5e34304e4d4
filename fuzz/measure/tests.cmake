# The measurement must not rot between two sweeps: its arithmetic, and all configurations on one
# canary. What they find, and when, decides nothing.
set(test ${MAPFUZZ_TEST_PREFIX}measure.python_test)
add_test(NAME ${test} COMMAND ${MAPFUZZ_PYTHON} -B -m unittest measure_test
         WORKING_DIRECTORY ${measure_dir})
set_tests_properties(${test} PROPERTIES LABELS unit TIMEOUT 60)

set(test ${MAPFUZZ_TEST_PREFIX}measure.EveryConfiguration)
add_test(NAME ${test} COMMAND ${MAPFUZZ_PYTHON} -B ${measure_dir}/smoke.py ${CMAKE_BINARY_DIR})
set_tests_properties(${test} PROPERTIES LABELS afl TIMEOUT 300)
foreach(name ops_u64 canary_rest-early)
  foreach(program afl rapidcheck)
    set_target_properties(${name}_${program} PROPERTIES EXCLUDE_FROM_ALL OFF)
    add_dependencies(afl_tests ${name}_${program})
  endforeach()
  add_dependencies(afl_tests ${name}_fuzzer)
endforeach()
