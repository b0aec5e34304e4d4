# Installs the build tree into a scratch folder and builds the project in outside/ against it, as a
# user would. cmake -D NAME=VALUE... -P install_test.cmake; engine/CMakeLists.txt sets the names.
#
# Promises: the whole of `cmake --install` is the engine's headers and what find_package reads;
# another minor version is refused; nothing of this repository but the installed files is used.
cmake_minimum_required(VERSION 3.25)

# run(COMMAND...): its output, in `output`; ends the test if it fails.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code STREQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed (${code}): ${command}\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

# same(WHAT EXPECTED ACTUAL): ends the test if the two differ.
function(same what expected actual)
  if(NOT "${expected}" STREQUAL "${actual}")
    message(FATAL_ERROR "${what}\n  expected: ${expected}\n  found:    ${actual}")
  endif()
endfunction()

file(REMOVE_RECURSE ${work})
set(of_config)
if(config)
  set(of_config --config ${config})
endif()

# 1. What is installed, as a component and as a whole.
file(GLOB expected RELATIVE ${headers} ${headers}/*.h)
list(TRANSFORM expected PREPEND include/gomap/)
list(APPEND expected share/cmake/gomap/gomapConfig.cmake
                     share/cmake/gomap/gomapConfigVersion.cmake)
list(SORT expected)
run(${CMAKE_COMMAND} --install ${tree} ${of_config} --prefix ${work}/all)
run(${CMAKE_COMMAND} --install ${tree} ${of_config} --prefix ${work}/prefix
    --component gomap)
foreach(prefix all prefix)
  file(GLOB_RECURSE installed RELATIVE ${work}/${prefix} ${work}/${prefix}/*)
  list(SORT installed)
  same("installed files" "${expected}" "${installed}")
endforeach()
file(REMOVE_RECURSE ${work}/all)
file(STRINGS ${work}/prefix/share/cmake/gomap/gomapConfig.cmake strays REGEX "${headers}")
same("paths of this repository in the package" "" "${strays}")

# 2. A project outside finds it and uses it. The expression in the output folder keeps generators
# with several configurations from adding a folder for each.
file(COPY ${outside}/ DESTINATION ${work}/outside)
set(configure ${CMAKE_COMMAND} -S ${work}/outside -G ${generator}
    -D CMAKE_MAKE_PROGRAM=${make_program} -D CMAKE_CXX_COMPILER=${compiler}
    -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher} -D CMAKE_PREFIX_PATH=${work}/prefix
    -D CMAKE_FIND_USE_PACKAGE_REGISTRY=OFF)
run(${configure} -B ${work}/build -D CMAKE_RUNTIME_OUTPUT_DIRECTORY=${work}/bin$<0:>)
file(STRINGS ${work}/build/CMakeCache.txt found REGEX "^gomap_DIR:")
same("the package found" "gomap_DIR:PATH=${work}/prefix/share/cmake/gomap" "${found}")
run(${CMAKE_COMMAND} --build ${work}/build ${of_config})
run(${work}/bin/outside)
same("output of the program outside" "100 entries, 7 squared is 49\n" "${output}")

# 3. Versions: its own minor is taken, the next is refused.
string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" own "${version}")
math(EXPR next "${CMAKE_MATCH_2} + 1")
file(READ ${work}/outside/CMakeLists.txt project)
foreach(wanted ${own} ${CMAKE_MATCH_1}.${next})
  string(REPLACE "find_package(gomap REQUIRED)" "find_package(gomap ${wanted})\nmessage(STATUS \"\
${wanted} found: \${gomap_FOUND}\")\nreturn()" asking "${project}")
  file(WRITE ${work}/asks/CMakeLists.txt "${asking}")
  list(TRANSFORM configure REPLACE "^${work}/outside$" "${work}/asks")
  run(${configure} -B ${work}/asks/build)
  string(REGEX MATCH "${wanted} found: [01]" answer "${output}")
  if(wanted STREQUAL own)
    same("find_package(gomap ${wanted})" "${wanted} found: 1" "${answer}")
  else()
    same("find_package(gomap ${wanted})" "${wanted} found: 0" "${answer}")
  endif()
endforeach()
