import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { join } from 'node:path';
import { type PageFile, readPageFiles } from './page-files';

/** No inline script or style, nothing from elsewhere: what an injected text could do ends here. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/** The page at `/` and its files at `/assets/`. */
@ApiExcludeController()
@Controller()
export class DashboardController {
  private readonly files = readPageFiles(join(__dirname, 'public'));

  @Get()
  page(@Req() request: Request, @Res() response: Response): void {
    this.send('index.html', request, response);
  }

  @Get('assets/*path')
  asset(@Param('path') path: string | string[], @Req() request: Request, @Res() response: Response): void {
    this.send(typeof path === 'string' ? path : path.join('/'), request, response);
  }

  private send(name: string, request: Request, response: Response): void {
    const file: PageFile | undefined = this.files.get(name);
    if (!file) throw new NotFoundException(`The page has no file "${name}".`);
    response.set({
      'Content-Type': file.type,
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      // Asked again each time, so that a new version shows at once; the ETag makes that cheap.
      'Cache-Control': 'no-cache',
      ETag: file.etag,
    });
    if (request.headers['if-none-match'] === file.etag) response.status(304).end();
    else response.send(file.body);
  }
}
