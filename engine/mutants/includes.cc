// What carries the precompiled headers of all mutants: see CMakeLists.txt.
