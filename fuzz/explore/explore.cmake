# The explorer: engine, oracle and all, once more and without sanitizers.
set(explore_dir ${CMAKE_CURRENT_LIST_DIR})
add_library(explorer_objects OBJECT
  ${explore_dir}/explore_scope.cc ${explore_dir}/explorer_main.cc ${explore_dir}/figures.cc
  ${explore_dir}/guard.cc
  cli/files.cc cli/interrupt.cc cli/place.cc cli/process.cc cli/status_line.cc)
target_link_libraries(explorer_objects
  PUBLIC oracle_plain fmt::fmt CLI11::CLI11 nlohmann_json::nlohmann_json
  PRIVATE mapfuzz_language)
target_compile_definitions(explorer_objects PRIVATE MAPFUZZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")

# mapfuzz_explorer_row(NAME ROW DIR STAMP): an object library of one row of the engine in DIR/gomap,
# which is there once STAMP is; both empty: of the engine as it is.
function(mapfuzz_explorer_row name row dir stamp)
  mapfuzz_row_source(${row} ${CMAKE_BINARY_DIR}/explore/${name} row_source)
  add_library(${name} OBJECT ${row_source})
  if(dir)
    set_source_files_properties(${row_source} PROPERTIES OBJECT_DEPENDS ${stamp})
    target_include_directories(${name} BEFORE PRIVATE ${dir})
    target_compile_options(${name} PRIVATE -w)  # an edit may leave something unused behind
  endif()
  target_link_libraries(${name} PRIVATE oracle_plain mapfuzz_language)
endfunction()

# What scopes are made of (oracle/explore_scopes.cc).
set(explorer_rows u64_u64_w1 u64_u64_w2 u64_u64_w4 u64_u64_w8 f64_u64_w8 str_u64_w8)
set(explorer_row_objects)
foreach(row IN LISTS explorer_rows)
  mapfuzz_explorer_row(explorer_${row} ${row} "" "")
  list(APPEND explorer_row_objects $<TARGET_OBJECTS:explorer_${row}>)
endforeach()
set_property(GLOBAL PROPERTY MAPFUZZ_EXPLORER_ROWS ${explorer_row_objects})  # for props

# mapfuzz_explorer(EXE OBJECTS...): the explorer of the rows in OBJECTS.
function(mapfuzz_explorer exe)
  add_executable(${exe} ${ARGN})
  target_link_libraries(${exe} PRIVATE mapfuzz_language explorer_objects oracle_plain)
endfunction()

mapfuzz_explorer(explorer ${explorer_row_objects})
set_target_properties(explorer PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${MAPFUZZ_BIN_DIR})
add_dependencies(mapfuzz explorer)
