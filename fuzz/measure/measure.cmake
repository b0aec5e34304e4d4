# Targets fed by RapidCheck's generator, for ci/measure (README.md).
find_package(rapidcheck REQUIRED)

set(measure_dir ${CMAKE_CURRENT_LIST_DIR})
add_library(rapidcheck_feed OBJECT EXCLUDE_FROM_ALL
  ${measure_dir}/rapidcheck_main.cc ${PROJECT_SOURCE_DIR}/props/program_generator.cc)
target_link_libraries(rapidcheck_feed PRIVATE mapfuzz_flags oracle PUBLIC rapidcheck)

# mapfuzz_rapidcheck(EXE NAME OBJECTS...): as mapfuzz_fuzzer, without an engine. Built on demand.
function(mapfuzz_rapidcheck exe name)
  add_executable(${exe} EXCLUDE_FROM_ALL ${ARGN} ${CMAKE_CURRENT_SOURCE_DIR}/target_main.cc)
  target_compile_definitions(${exe} PRIVATE MAPFUZZ_TARGET="${name}")
  target_link_libraries(${exe} PRIVATE mapfuzz_flags fuzz_support oracle rapidcheck_feed)
endfunction()
