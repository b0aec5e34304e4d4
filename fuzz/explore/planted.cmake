# The explorer of engines with a bug planted: every mutation of classes S4 and S5 of table C of the
# specification (ci/explore runs them all), built on demand, beside the canary of the same edit.
set(explore_mutants)
file(GLOB mutant_edits ${sweep_dir}/*.edit)
foreach(edit IN LISTS mutant_edits)
  mapfuzz_edit_field(${edit} class "" class)
  if(class MATCHES "^S[45]$")
    cmake_path(GET edit STEM id)
    list(APPEND explore_mutants sweep/${id})
  endif()
endforeach()
foreach(id I09 D13 y-bit)  # of those classes, and canaries
  list(APPEND explore_mutants canaries/${id})
endforeach()
foreach(place IN LISTS explore_mutants)
  cmake_path(GET place FILENAME id)
  set(dir ${CMAKE_BINARY_DIR}/${place})
  # Widths 1 and 2, where most happens; the edit's own row, where it is another one. The rest stays
  # as it is, and behind, for the reason that canaries have (mapfuzz_planted).
  mapfuzz_edit_field(${PROJECT_SOURCE_DIR}/fuzz/${place}.edit row "u64 u64" row)
  string(REPLACE " " "_" row "${row}_w8")
  set(mutated u64_u64_w1 u64_u64_w2)
  if(NOT row STREQUAL u64_u64_w8)
    list(APPEND mutated ${row})
  endif()
  set(objects)
  foreach(one IN LISTS mutated)
    mapfuzz_explorer_row(explorer_${id}_${one} ${one} ${dir} ${dir}/applied)
    set_target_properties(explorer_${id}_${one} PROPERTIES EXCLUDE_FROM_ALL ON)
    list(APPEND objects $<TARGET_OBJECTS:explorer_${id}_${one}>)
  endforeach()
  foreach(one IN LISTS explorer_rows)
    if(NOT one IN_LIST mutated)
      list(APPEND objects $<TARGET_OBJECTS:explorer_${one}>)
    endif()
  endforeach()
  mapfuzz_explorer(explorer_${id} ${objects})
  set_target_properties(explorer_${id} PROPERTIES
    EXCLUDE_FROM_ALL ON OUTPUT_NAME explorer RUNTIME_OUTPUT_DIRECTORY ${dir})
endforeach()

# mapfuzz_explore_finds(ID CLAUSE OPERATIONS): the scope tiny finds this bug, by this clause and by a
# program of so many operations, a shortest one of its space.
function(mapfuzz_explore_finds id clause operations)
  set_target_properties(explorer_${id} PROPERTIES EXCLUDE_FROM_ALL OFF)
  set(test ${MAPFUZZ_TEST_PREFIX}explore.Finds_${id})
  add_test(NAME ${test}
    COMMAND ${MAPFUZZ_PYTHON} -B ${PROJECT_SOURCE_DIR}/props/explore_mutants.py
            --expect ${id} ${clause} ${operations} --build ${CMAKE_BINARY_DIR})
  set_tests_properties(${test} PROPERTIES LABELS explore TIMEOUT 120)
  add_dependencies(explore_tests explorer_${id})
endfunction()

mapfuzz_explore_finds(D07 I5 3)
mapfuzz_explore_finds(W08 I1 4)
mapfuzz_explore_finds(I19 I33 5)
mapfuzz_explore_finds(R05 model.found 5)
