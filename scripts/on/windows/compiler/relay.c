/*
 * gcc.exe and g++.exe for tests in Wine: has serve.mjs, which runs on Linux, do what it was asked, and answers as that
 * did. The two speak by files in this program's folder, since Wine cannot wait for a program of Linux's:
 *
 *     N.request   the program's name, the current folder and the arguments, each with a NUL; appears whole
 *     N.out       what it printed, and N.err
 *     N.status    its exit code; appears whole, and last
 */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

static wchar_t folder[1024];

static FILE *file(unsigned long number, const wchar_t *kind, const wchar_t *mode) {
  wchar_t path[1100];
  swprintf(path, 1100, L"%ls\\%lu.%ls", folder, number, kind);
  return _wfopen(path, mode);
}

static void put(FILE *to, const wchar_t *text) {
  int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *made = malloc(length);
  WideCharToMultiByte(CP_UTF8, 0, text, -1, made, length, NULL, NULL);
  fwrite(made, 1, length, to);
  free(made);
}

static void copy(unsigned long number, const wchar_t *kind, FILE *to) {
  char bytes[4096];
  size_t length;
  FILE *from = file(number, kind, L"rb");
  if (from == NULL) return;
  _setmode(_fileno(to), _O_BINARY);
  while ((length = fread(bytes, 1, sizeof bytes, from)) > 0) fwrite(bytes, 1, length, to);
  fclose(from);
}

int wmain(int count, wchar_t **arguments) {
  wchar_t at[1024], draft[1100], request[1100];
  unsigned long number = GetCurrentProcessId();
  int status = 1;
  FILE *answer = NULL;
  GetModuleFileNameW(NULL, at, 1024);
  wchar_t *name = wcsrchr(at, L'\\');
  *name++ = 0;
  *wcsrchr(name, L'.') = 0;
  wcscpy(folder, at);

  FILE *made = file(number, L"draft", L"wb");
  if (made == NULL) return 1;
  put(made, name);
  GetCurrentDirectoryW(1024, at);
  put(made, at);
  for (int i = 1; i < count; i++) put(made, arguments[i]);
  fclose(made);
  swprintf(draft, 1100, L"%ls\\%lu.draft", folder, number);
  swprintf(request, 1100, L"%ls\\%lu.request", folder, number);
  _wrename(draft, request);

  while ((answer = file(number, L"status", L"r")) == NULL) Sleep(10);
  if (fscanf(answer, "%d", &status) != 1) status = 1;
  fclose(answer);
  copy(number, L"out", stdout);
  copy(number, L"err", stderr);
  for (const wchar_t *const *kind = (const wchar_t *const[]){L"out", L"err", L"status", NULL}; *kind; kind++) {
    swprintf(request, 1100, L"%ls\\%lu.%ls", folder, number, *kind);
    _wremove(request);
  }
  return status;
}
