-- Drives the language server from a real Neovim, without a screen: attach, diagnostics, completion,
-- definition, rename, format. Writes what it saw as JSON; `neovim.test.ts` holds it against what must be.
-- Reads NVIM_SERVER (command and arguments, as JSON), NVIM_FILE and NVIM_RESULT from the environment.
-- Works with 0.7 and newer, so it uses the plain client and not the newer conveniences.

local timeout_ms = 20000
local seen = {}

local function finish()
  local file = assert(io.open(vim.env.NVIM_RESULT, 'w'))
  file:write(vim.fn.json_encode(seen))
  file:close()
  vim.cmd('qall!')
end

local function await(what, condition)
  if not vim.wait(timeout_ms, condition, 20) then
    error('nothing came of ' .. what)
  end
end

local function drive()
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.NVIM_FILE))
  local buffer = vim.api.nvim_get_current_buf()
  local folder = vim.fn.fnamemodify(vim.env.NVIM_FILE, ':h')
  local id = vim.lsp.start_client({
    name = 'regimen',
    cmd = vim.fn.json_decode(vim.env.NVIM_SERVER),
    root_dir = folder,
    workspace_folders = { { uri = vim.uri_from_fname(folder), name = 'programs' } },
  })
  vim.lsp.buf_attach_client(buffer, id)
  await('attaching', function()
    local client = vim.lsp.get_client_by_id(id)
    return client ~= nil and client.initialized
  end)
  seen.attached = vim.lsp.buf_is_attached(buffer, id)

  local function lines()
    return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  end
  -- Line and column (from 1 and 0, in bytes) just inside `words`.
  local function place(words, inside)
    for number, line in ipairs(lines()) do
      local at = line:find(words, 1, true)
      if at then
        return number, at - 1 + (inside or 0)
      end
    end
    error('the text has no ' .. words)
  end
  local function go(words, inside)
    vim.api.nvim_win_set_cursor(0, { place(words, inside) })
  end
  local function replace(words, others)
    local number = place(words)
    local line = lines()[number]
    local at = line:find(words, 1, true)
    local changed = line:sub(1, at - 1) .. others .. line:sub(at + #words)
    vim.api.nvim_buf_set_lines(buffer, number - 1, number, false, { changed })
  end
  local function request(method, more)
    local params = vim.tbl_extend('force', vim.lsp.util.make_position_params(0, 'utf-16'), more or {})
    local answers, problem = vim.lsp.buf_request_sync(buffer, method, params, timeout_ms)
    assert(answers, problem)
    local answer = answers[id]
    if answer.error then
      return nil, answer.error.message
    end
    return answer.result
  end
  local function problems()
    return vim.tbl_map(function(one)
      return { line = one.lnum + 1, code = one.code, message = one.message }
    end, vim.diagnostic.get(buffer))
  end

  -- A mistake is told on its line, and gone when it is mended.
  replace('advance  to going', 'advance  to goin')
  await('diagnostics', function()
    return #vim.diagnostic.get(buffer) > 0
  end)
  seen.problems = problems()
  replace('advance  to goin', 'advance  to going')
  await('no diagnostics', function()
    return #vim.diagnostic.get(buffer) == 0
  end)

  go('advance  to going', 12)
  local items = request('textDocument/completion')
  seen.completion = vim.tbl_map(function(item)
    return item.label
  end, items.items or items)

  -- As somebody would: the cursor jumps to the declaration.
  go('advance  to going', 13)
  vim.lsp.buf.definition()
  local _, column = place('stage going', 6)
  await('definition', function()
    return vim.api.nvim_win_get_cursor(0)[2] == column
  end)
  seen.definition = lines()[vim.api.nvim_win_get_cursor(0)[1]]

  local hover = request('textDocument/hover')
  seen.hover = hover.contents.value

  local _, refused = request('textDocument/rename', { newName = 'begin' })
  seen.refused = refused
  vim.lsp.buf.rename('moving')
  await('rename', function()
    return table.concat(lines(), '\n'):find('stage moving', 1, true) ~= nil
  end)
  seen.renamed = lines()
  local other = vim.fn.bufnr(folder .. '/walks.scenario')
  seen.renamed_scenario = other > 0 and vim.api.nvim_buf_get_lines(other, 0, -1, false) or {}

  replace('    goal  : number', '  goal:number')
  local format = vim.lsp.buf.format or vim.lsp.buf.formatting_sync
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = timeout_ms })
  else
    format({}, timeout_ms)
  end
  seen.formatted = lines()

  vim.lsp.stop_client(id)
  await('the end of the server', function()
    return vim.lsp.get_client_by_id(id) == nil or vim.lsp.client_is_stopped(id)
  end)
  seen.stopped = true
end

local ok, problem = xpcall(drive, debug.traceback)
if not ok then
  seen.problem = problem
end
finish()
