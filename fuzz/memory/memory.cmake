# What MemorySanitizer and Valgrind run, each in a tree of its own (MAPFUZZ_PARTS=memory): programs
# on the engine as it is, and controls, each with a bug planted that the tool must report.
get_property(rows GLOBAL PROPERTY MAPFUZZ_ROWS)
set(memory_dir ${CMAKE_CURRENT_LIST_DIR})

# mapfuzz_memory_row(ID OUT): ID.edit planted into the one row that it names. OUT: the objects of all
# rows, that one first (see mapfuzz_planted).
function(mapfuzz_memory_row id out)
  set(edit ${memory_dir}/${id}.edit)
  set(dir ${CMAKE_BINARY_DIR}/controls/${id})
  mapfuzz_edit_field(${edit} row "" row)
  string(REPLACE " " ";" kinds "${row}")
  list(GET kinds 0 key)
  list(GET kinds 1 elem)
  set(others ${rows})
  list(REMOVE_ITEM others ${key}_${elem}_w8)
  list(TRANSFORM others REPLACE ".+" "$<TARGET_OBJECTS:oracle_row_\\0>")
  mapfuzz_plant(${edit} ${dir} stamp)
  mapfuzz_row_source(${key}_${elem}_w8 ${dir} source)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${stamp})
  add_library(control_${id}_row OBJECT ${source})
  target_include_directories(control_${id}_row BEFORE PRIVATE ${dir})
  target_link_libraries(control_${id}_row PRIVATE oracle mapfuzz_flags mapfuzz_edges)
  set(${out} $<TARGET_OBJECTS:control_${id}_row> ${others} PARENT_SCOPE)
endfunction()

# mapfuzz_memory_test(NAME COMMAND...): labelled with the name of its tree.
function(mapfuzz_memory_test name)
  add_test(NAME ${MAPFUZZ_TEST_PREFIX}${name} COMMAND ${ARGN})
  set_tests_properties(${MAPFUZZ_TEST_PREFIX}${name} PROPERTIES LABELS ${tool} TIMEOUT 600)
endfunction()
set(control ${MAPFUZZ_PYTHON} ${memory_dir}/control.py)

if(MAPFUZZ_INSTRUMENT STREQUAL memory)
  set(tool msan)
  set(replay_label ${tool})
  mapfuzz_target(memory)
  set(fuzzing -runs=4000 -seed=1 -max_len=512)
  mapfuzz_memory_test(fuzz memory_fuzzer ${fuzzing} -artifact_prefix=${CMAKE_BINARY_DIR}/fuzz-)
  add_dependencies(${tool}_tests memory_fuzzer)
  foreach(id dead-key-compared array-as-it-comes)
    mapfuzz_memory_row(${id} objects)
    mapfuzz_fuzzer(control_${id}_fuzzer memory ${objects})
    add_dependencies(${tool}_tests control_${id}_fuzzer)
    mapfuzz_memory_test(control.${id} ${control} --code 77
      --text "WARNING: MemorySanitizer: use-of-uninitialized-value"
      --text "mapfuzz: died at step" --saves ${CMAKE_BINARY_DIR}/controls/${id}/saved
      -- $<TARGET_FILE:control_${id}_fuzzer> ${fuzzing})
  endforeach()
  return()
endif()

set(tool valgrind)
find_program(MAPFUZZ_VALGRIND valgrind REQUIRED)
set(memcheck ${MAPFUZZ_VALGRIND} -q --error-exitcode=99 --leak-check=full
             --errors-for-leak-kinds=definite,possible)
set(replay_label ${tool})
set(replay_launcher ${memcheck})
# `fault` runs every row of width 8, and each seed under its own header besides.
foreach(name fault widths)
  mapfuzz_target(${name})
endforeach()

add_executable(large_map ${memory_dir}/large_map.cc)
target_link_libraries(large_map PRIVATE mapfuzz_flags gomap)
add_dependencies(${tool}_tests large_map)
mapfuzz_memory_test(large_map ${memcheck} $<TARGET_FILE:large_map>)

# mapfuzz_memcheck_control(ID TEXT OPTION...): Valgrind's report holds TEXT.
function(mapfuzz_memcheck_control id text)
  mapfuzz_memory_row(${id} objects)
  set(exe control_${id}_replay)
  add_executable(${exe} ${objects} target_main.cc replay_main.cc)
  target_compile_definitions(${exe} PRIVATE MAPFUZZ_TARGET="fault")
  target_link_libraries(${exe} PRIVATE mapfuzz_flags fuzz_support oracle)
  add_dependencies(${tool}_tests ${exe})
  mapfuzz_memory_test(control.${id} ${control} --code 99 --text ${text}
    -- ${memcheck} ${ARGN} $<TARGET_FILE:${exe}> ${replay_folders})
endfunction()
mapfuzz_memcheck_control(old-array-leaks "definitely lost")
# Zero as memory often happens to be: the program gives the right answers, and only Valgrind knows.
mapfuzz_memcheck_control(array-as-it-comes "uninitialised value" --malloc-fill=00)
