# Targets fed by RapidCheck's generator, for ci/measure (README.md).
find_package(rapidcheck REQUIRED)

add_library(program_generator OBJECT EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/props/program_generator.cc)
target_link_libraries(program_generator PUBLIC oracle rapidcheck PRIVATE mapfuzz_flags)

# mapfuzz_rapidcheck(EXE NAME OBJECTS...): as mapfuzz_fuzzer, without an engine. Built on demand.
set(measure_dir ${CMAKE_CURRENT_LIST_DIR})
function(mapfuzz_rapidcheck exe name)
  add_executable(${exe} EXCLUDE_FROM_ALL ${ARGN} ${CMAKE_CURRENT_SOURCE_DIR}/target_main.cc
                                         ${measure_dir}/rapidcheck_main.cc)
  target_compile_definitions(${exe} PRIVATE MAPFUZZ_TARGET="${name}")
  target_link_libraries(${exe} PRIVATE mapfuzz_flags fuzz_support oracle program_generator)
endfunction()
