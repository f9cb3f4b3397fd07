{
  "targets": [
    {
      "target_name": "sluice",
      "sources": ["<!@(ls *.cc)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NAPI_CPP_EXCEPTIONS", "PCRE2_CODE_UNIT_WIDTH=8"],
      "cflags_cc": ["-std=c++17", "-O3", "-fexceptions", "-fvisibility=hidden", "-Wall", "-Wextra"],
      "cflags!": ["-Wno-unused-parameter"],
      "cflags_cc!": ["-fno-exceptions", "-std=gnu++17", "-std=gnu++20"],
      "ldflags": ["-Wl,-z,nodelete"],
      "libraries": ["-lhs", "-lpcre2-8"]
    }
  ]
}
