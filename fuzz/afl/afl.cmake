# AFL++ (Debian's package afl++) as a second engine for the targets, and our mutator as it loads it.
find_library(AFL_DRIVER AFLDriver PATHS /usr/lib/afl /usr/local/lib/afl)
find_file(AFL_RUNTIME afl-compiler-rt.o PATHS /usr/lib/afl /usr/local/lib/afl)
find_program(AFL_FUZZ afl-fuzz)
mark_as_advanced(AFL_DRIVER AFL_RUNTIME AFL_FUZZ)
if(NOT AFL_DRIVER OR NOT AFL_RUNTIME OR NOT AFL_FUZZ)
  message(FATAL_ERROR "AFL++ is missing: no afl-fuzz, libAFLDriver.a or afl-compiler-rt.o.\n"
                      "Install Debian's package afl++ (ci/setup does), or set AFL_FUZZ, AFL_DRIVER "
                      "and AFL_RUNTIME to where these three are")
endif()

set(afl_dir ${CMAKE_CURRENT_LIST_DIR})
add_library(afl_engine OBJECT EXCLUDE_FROM_ALL ${afl_dir}/engine.cc)
target_link_libraries(afl_engine PRIVATE mapfuzz_flags)

# mapfuzz_afl(EXE NAME OBJECTS...): as mapfuzz_fuzzer, for AFL++. Built on demand.
function(mapfuzz_afl exe name)
  add_executable(${exe} EXCLUDE_FROM_ALL ${ARGN} ${CMAKE_CURRENT_SOURCE_DIR}/target_main.cc)
  target_compile_definitions(${exe} PRIVATE MAPFUZZ_TARGET="${name}")
  target_link_libraries(${exe} PRIVATE mapfuzz_flags fuzz_support oracle afl_engine ${AFL_RUNTIME}
                                       ${AFL_DRIVER})
endfunction()

# afl-fuzz, which loads this, has no sanitizer's runtime: the sources are compiled once more.
set(oracle_dir ${PROJECT_SOURCE_DIR}/oracle)
add_library(mapfuzz_afl_mutator MODULE EXCLUDE_FROM_ALL
  ${afl_dir}/custom_mutator.cc foresight.cc mutate_bytes.cc mutate_faults.cc
  mutate_growths.cc mutate_threads.cc mutations.cc mutator.cc plans.cc story.cc
  ${oracle_dir}/author.cc ${oracle_dir}/byte_decoder.cc ${oracle_dir}/byte_encoder.cc
  ${oracle_dir}/interleaving.cc ${oracle_dir}/kinds.cc ${oracle_dir}/peer.cc
  ${oracle_dir}/program.cc ${oracle_dir}/reference.cc ${oracle_dir}/run_plan.cc)
target_include_directories(mapfuzz_afl_mutator PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(mapfuzz_afl_mutator PRIVATE mapfuzz_language gomap)
target_link_options(mapfuzz_afl_mutator PRIVATE -Wl,-z,defs)  # here, not when afl-fuzz loads it
set_target_properties(mapfuzz_afl_mutator PROPERTIES
  PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${MAPFUZZ_BIN_DIR})
