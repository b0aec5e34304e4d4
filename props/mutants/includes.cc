// What carries the precompiled headers of all planted properties: see CMakeLists.txt.
