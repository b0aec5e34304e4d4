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

# What scopes are made of (oracle/explore_scopes.cc).
set(explorer_rows u64_u64_w1 u64_u64_w2 u64_u64_w4 u64_u64_w8 f64_u64_w8 str_u64_w8)

# mapfuzz_explorer(EXE DIR STAMP): the explorer of the engine in DIR/gomap, which is there once STAMP
# is; both empty: of the engine as it is.
function(mapfuzz_explorer exe dir stamp)
  add_library(${exe}_rows OBJECT)
  foreach(row IN LISTS explorer_rows)
    mapfuzz_row_source(${row} ${CMAKE_BINARY_DIR}/explore/${exe} row_source)
    target_sources(${exe}_rows PRIVATE ${row_source})
    if(stamp)
      set_source_files_properties(${row_source} PROPERTIES OBJECT_DEPENDS ${stamp})
    endif()
  endforeach()
  if(dir)
    target_include_directories(${exe}_rows BEFORE PRIVATE ${dir})
    target_compile_options(${exe}_rows PRIVATE -w)  # an edit may leave something unused behind
  endif()
  target_link_libraries(${exe}_rows PRIVATE oracle_plain mapfuzz_language)
  # Rows come first, for the reason that canaries have (mapfuzz_planted).
  add_executable(${exe} $<TARGET_OBJECTS:${exe}_rows>)
  target_link_libraries(${exe} PRIVATE mapfuzz_language explorer_objects oracle_plain)
endfunction()

mapfuzz_explorer(explorer "" "")
set_target_properties(explorer PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${MAPFUZZ_BIN_DIR})
add_dependencies(mapfuzz explorer)
