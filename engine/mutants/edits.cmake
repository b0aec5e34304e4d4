# Planting edits (README.md) into copies of the engine while building. fuzz/ includes this too.
find_program(MAPFUZZ_PYTHON python3 HINTS /usr/bin REQUIRED)  # a version manager's shim is slow
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH engine_dir)
file(GLOB engine_headers CONFIGURE_DEPENDS RELATIVE ${engine_dir} ${engine_dir}/gomap/*.h)

# mapfuzz_edit_field(EDIT NAME DEFAULT OUT): the value of a header line of an edit.
function(mapfuzz_edit_field edit name default out)
  file(STRINGS ${edit} line REGEX "^${name}: " LIMIT_COUNT 1)
  string(REGEX REPLACE "^${name}: *" "" value "${line}")
  if(NOT value)
    set(value "${default}")
  endif()
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

# mapfuzz_plant(EDIT DIR STAMP): DIR/gomap becomes the engine with the edit applied. STAMP: the file
# that what is compiled from there depends on.
function(mapfuzz_plant edit dir stamp)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${edit})
  cmake_path(GET edit STEM id)
  list(TRANSFORM engine_headers PREPEND ${dir}/ OUTPUT_VARIABLE mutated)
  list(TRANSFORM engine_headers PREPEND ${engine_dir}/ OUTPUT_VARIABLE originals)
  set(apply ${engine_dir}/mutants/apply.py)
  # A stamp beside the headers, because a copy may keep the times of its original.
  add_custom_command(
    OUTPUT ${dir}/applied
    BYPRODUCTS ${mutated}
    COMMAND ${MAPFUZZ_PYTHON} ${apply} ${edit} ${engine_dir} ${dir}
    COMMAND ${CMAKE_COMMAND} -E touch ${dir}/applied
    DEPENDS ${edit} ${originals} ${apply}
    COMMENT "Planting ${id}"
    VERBATIM)
  set(${stamp} ${dir}/applied PARENT_SCOPE)
endfunction()
